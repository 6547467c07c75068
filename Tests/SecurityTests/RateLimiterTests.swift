import Primitives
import Testing

@testable import Security

/// contracts/chat.md 1.2: "messages 5 per 5 s per channel and user".
struct RateLimiterTests {
    private let limiter = RateLimiter()
    private let messages = RateLimit(name: "messages", capacity: 5, per: .seconds(5))
    private let start = Timestamp(seconds: 1_800_000_000)

    private func at(_ milliseconds: Int64) -> Timestamp { start.adding(milliseconds: milliseconds) }

    @Test func aFullBucketAllowsItsCapacityAtOnce() {
        for used in 1...5 {
            let decision = limiter.take("a", from: messages, at: start)
            #expect(
                decision
                    == RateDecision(allowed: true, limit: 5, remaining: 5 - used, retryAfter: .zero, resetAfter: .seconds(used)))
        }
        let refused = RateDecision(allowed: false, limit: 5, remaining: 0, retryAfter: .seconds(1), resetAfter: .seconds(5))
        #expect(limiter.take("a", from: messages, at: start) == refused)
        #expect(limiter.take("a", from: messages, at: start) == refused, "A refused request takes nothing.")
    }

    @Test func requestsComeBackOneByOne() {
        for _ in 0..<5 { #expect(limiter.take("a", from: messages, at: start).allowed) }
        let early = limiter.take("a", from: messages, at: at(999))
        #expect(!early.allowed)
        #expect(early.retryAfter == .milliseconds(1))
        #expect(early.resetAfter == .milliseconds(4_001))
        #expect(limiter.take("a", from: messages, at: at(1_000)).allowed)
        #expect(!limiter.take("a", from: messages, at: at(1_000)).allowed)
        #expect(limiter.take("a", from: messages, at: at(3_000)).remaining == 1)
        #expect(limiter.take("a", from: messages, at: at(3_000)).remaining == 0)
        #expect(!limiter.take("a", from: messages, at: at(3_000)).allowed)
    }

    @Test func whoWaitsAsToldIsAllowed() {
        var now = start
        for _ in 0..<5 { _ = limiter.take("a", from: messages, at: now) }
        for _ in 0..<20 {
            let refused = limiter.take("a", from: messages, at: now)
            #expect(!refused.allowed)
            now = now.adding(milliseconds: Int64(refused.retryAfter / .milliseconds(1)))
            #expect(limiter.take("a", from: messages, at: now).allowed)
        }
        #expect(now == at(20_000))
    }

    @Test func aBucketNeverHoldsMoreThanItsCapacity() {
        _ = limiter.take("a", from: messages, at: start)
        let later = at(86_400_000)
        #expect((0..<10).count { _ in limiter.take("a", from: messages, at: later).allowed } == 5)
    }

    @Test func bucketsOfOtherKeysAndLimitsAreOthers() {
        let other = RateLimit(name: "sign-in", capacity: 1, per: .seconds(60))
        for _ in 0..<6 { _ = limiter.take("a", from: messages, at: start) }
        #expect(limiter.take("b", from: messages, at: start).remaining == 4)
        #expect(
            limiter.take("a", from: other, at: start)
                == RateDecision(allowed: true, limit: 1, remaining: 0, retryAfter: .zero, resetAfter: .seconds(60)))
        #expect(limiter.take("a", from: other, at: start).retryAfter == .seconds(60))
    }

    @Test func aClockThatIsSetBackLocksNobodyOut() {
        for _ in 0..<5 { _ = limiter.take("a", from: messages, at: start) }
        let past = at(-3_600_000)
        let refused = limiter.take("a", from: messages, at: past)
        #expect(!refused.allowed)
        #expect(refused.retryAfter == .seconds(1))
        #expect(refused.resetAfter == .seconds(5))
        #expect(!limiter.take("a", from: messages, at: past.adding(milliseconds: 999)).allowed)
        #expect(limiter.take("a", from: messages, at: past.adding(seconds: 1)).allowed, "The bucket fills from the time on that it is now.")
        #expect(!limiter.take("a", from: messages, at: past.adding(seconds: 1)).allowed)
        _ = limiter.take("b", from: messages, at: start)
        #expect(limiter.take("b", from: messages, at: start.adding(seconds: 60)).remaining == 4)
    }

    @Test func oddLimitsAreSafe() {
        for limit in [
            RateLimit(name: "none", capacity: 0, per: .seconds(1)), RateLimit(name: "negative", capacity: -3, per: .seconds(1)),
        ] {
            let decision = limiter.take("a", from: limit, at: start)
            #expect(!decision.allowed)
            #expect(decision.retryAfter > .zero)
        }
        let many = RateLimit(name: "many", capacity: 10_000_000, per: .seconds(1))
        #expect(limiter.take("a", from: many, at: start).allowed)
        let instant = RateLimit(name: "instant", capacity: 2, per: .zero)
        #expect(limiter.take("a", from: instant, at: start).allowed)
    }

    /// DESIGN 1.5: "Every buffer, queue, body, list, log and cache has a limit".
    @Test func memoryIsBoundedWhateverKeysCome() {
        let limiter = RateLimiter(bucketLimit: 1_000, shards: 4)
        for number in 0..<20_000 {
            #expect(limiter.take("\(number)", from: messages, at: start.adding(milliseconds: Int64(number / 100))).allowed)
        }
        #expect(limiter.count <= 1_000)
        #expect(limiter.count >= 500)
    }

    @Test func fullBucketsGoFirstAndThenTheNearestToIt() {
        let limiter = RateLimiter(bucketLimit: 100, shards: 1)
        for _ in 0..<5 { _ = limiter.take("busy", from: messages, at: at(10_000)) }
        for number in 0..<99 { _ = limiter.take("old \(number)", from: messages, at: start) }
        // All the old ones are full again.
        _ = limiter.take("new", from: messages, at: at(10_000))
        #expect(limiter.count == 2)
        for number in 0..<1_000 { _ = limiter.take("flood \(number)", from: messages, at: at(10_000)) }
        #expect(!limiter.take("busy", from: messages, at: at(10_000)).allowed, "An empty bucket outlives a flood of new keys.")
    }

    @Test func manyThreadsTakeNoMoreThanThereIs() async {
        let limit = RateLimit(name: "shared", capacity: 1_000, per: .seconds(1_000))
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { [limiter, start] in (0..<500).count { _ in limiter.take("a", from: limit, at: start).allowed } }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 1_000)
    }
}
