import Primitives
import Testing

@testable import Security

/// contracts/configuration.md, "The setup code": "five wrong tries from one address are answered 429 for 15 minutes".
struct AttemptLimiterTests {
    private let limiter = AttemptLimiter()
    private let start = Timestamp(seconds: 1_800_000_000)

    @Test func theFifthFailureBlocksForFifteenMinutes() {
        for _ in 0..<5 {
            #expect(limiter.blockedSeconds("a", at: start) == nil)
            limiter.failed("a", at: start)
        }
        #expect(limiter.blockedSeconds("a", at: start) == 900)
        #expect(limiter.blockedSeconds("a", at: start.adding(milliseconds: 1)) == 900, "Seconds are rounded up.")
        #expect(limiter.blockedSeconds("a", at: start.adding(milliseconds: 899_999)) == 1)
        #expect(limiter.blockedSeconds("a", at: start.adding(seconds: 900)) == nil)
        #expect(limiter.blockedSeconds("b", at: start) == nil)
    }

    @Test func afterTheBlockThereAreFiveTriesAgain() {
        for _ in 0..<5 { limiter.failed("a", at: start) }
        let later = start.adding(seconds: 900)
        for _ in 0..<4 { limiter.failed("a", at: later) }
        #expect(limiter.blockedSeconds("a", at: later) == nil)
        limiter.failed("a", at: later)
        #expect(limiter.blockedSeconds("a", at: later) == 900)
    }

    @Test func fourFailuresAreForgottenAfterFifteenMinutes() {
        for _ in 0..<4 { limiter.failed("a", at: start) }
        limiter.failed("a", at: start.adding(seconds: 900))
        #expect(limiter.blockedSeconds("a", at: start.adding(seconds: 900)) == nil)
    }

    @Test func successForgives() {
        for _ in 0..<4 { limiter.failed("a", at: start) }
        // A try counts until it is known to be none.
        #expect(limiter.attempt("a", at: start) == nil)
        #expect(limiter.attempt("a", at: start) == 900)
        limiter.forgive("a")
        #expect(limiter.attempt("a", at: start) == nil)
        limiter.forgive("nobody")
        limiter.succeeded("a")
        limiter.failed("a", at: start)
        #expect(limiter.blockedSeconds("a", at: start) == nil)
        #expect(limiter.count == 1)
    }

    @Test func aClockThatIsSetBackDoesNotMakeTheBlockLonger() {
        for _ in 0..<5 { limiter.failed("a", at: start) }
        let past = start.adding(seconds: -86_400)
        #expect(limiter.blockedSeconds("a", at: past) == 900)
        #expect(limiter.blockedSeconds("a", at: past.adding(seconds: 900)) == nil)
    }

    @Test func memoryIsBoundedAndTheOldestGoFirst() {
        let limiter = AttemptLimiter(callerLimit: 100)
        for _ in 0..<5 { limiter.failed("guesser", at: start.adding(seconds: 10)) }
        for number in 0..<99 { limiter.failed("old \(number)", at: start) }
        limiter.failed("new", at: start.adding(seconds: 10))
        #expect(limiter.count == 91)
        #expect(limiter.blockedSeconds("guesser", at: start.adding(seconds: 10)) == 900)
        for number in 0..<10_000 { limiter.failed("flood \(number)", at: start.adding(seconds: 11)) }
        #expect(limiter.count <= 100)
        // When all but one are over, only that one stays.
        for number in 0..<50 { limiter.failed("last \(number)", at: start.adding(seconds: 100_000)) }
        #expect(limiter.count <= 100)
    }
}
