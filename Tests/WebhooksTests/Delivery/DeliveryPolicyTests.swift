import Primitives
import Testing

@testable import Webhooks

struct DeliveryPolicyTests {
    private let policy = DeliveryPolicy(schedule: WebhookSettings().schedule)
    private let now = Timestamp(seconds: 1_800_000_000)

    /// contracts/cosmos.md 8.3: the delay before attempt n; all together 75 h 35 min 5 s, then "exhausted".
    @Test func theScheduleIsThatOfTheTable() {
        let delays = (1...9).map { attempt -> Int64? in
            guard case .retry(let delay) = policy.verdict(on: .failed("reset"), attempt: attempt, jitter: 0, now: now) else { return nil }
            return delay
        }
        #expect(delays == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(delays.compactMap(\.self).reduce(0, +) == 272_105)
        #expect(policy.verdict(on: .failed("reset"), attempt: 10, jitter: 0, now: now) == .exhausted)
    }

    /// 8.3: "Jitter: uniform 0..+20 %"; what is no part of a whole does not make more of it.
    @Test(arguments: [(0.0, 300 as Int64), (0.5, 330), (1, 360), (7, 360), (-1, 300)])
    func jitterMakesPausesLongerByAFifthAtMost(jitter: Double, delay: Int64) {
        #expect(policy.verdict(on: .answered(500, retryAfter: nil), attempt: 2, jitter: jitter, now: now) == .retry(after: delay))
    }

    /// 8.3, the table of outcomes: "200..299 done".
    @Test(arguments: [200, 204, 299])
    func whatIsTakenIsDone(status: Int) {
        #expect(policy.verdict(on: .answered(status, retryAfter: "60"), attempt: 1, jitter: 0, now: now) == .delivered)
    }

    /// 8.3: "300..399 failure, never followed"; "429, 502, 503, 504: failure"; "other status: failure".
    @Test(arguments: [101, 199, 300, 301, 302, 307, 399, 400, 401, 404, 409, 411, 429, 499, 500, 502, 503, 504, 599])
    func everyOtherStatusIsAFailure(status: Int) {
        #expect(policy.verdict(on: .answered(status, retryAfter: nil), attempt: 1, jitter: 0, now: now) == .retry(after: 5))
    }

    /// 8.3: "timeout, DNS, TLS, reset: failure".
    @Test(arguments: ["timeout", "dns", "tls", "reset", "connect", "malformed"])
    func noAnswerIsAFailure(word: String) {
        #expect(policy.verdict(on: .failed(word), attempt: 1, jitter: 0, now: now) == .retry(after: 5))
    }

    /// 8.3: "410: disable now, reason gone"; "address refused by 8.5: disable now, reason url_not_allowed, no retry".
    @Test(arguments: [1, 10])
    func whatIsNotToBeTriedAgainDisables(attempt: Int) {
        #expect(policy.verdict(on: .answered(410, retryAfter: "60"), attempt: attempt, jitter: 0, now: now) == .disable(.gone))
        #expect(policy.verdict(on: .forbidden, attempt: attempt, jitter: 0, now: now) == .disable(.urlNotAllowed))
    }

    /// 8.3: "Retry-After (seconds or date) on any failure: next attempt not earlier; capped at 24 h". 1 800 000 000 is Fri, 15 Jan 2027 08:00:00.
    @Test(arguments: [
        ("0", 5 as Int64), ("4", 5), ("120", 120), ("86400", 86_400), ("86401", 86_400), ("99999999999999999999999", 86_400), ("-7", 5),
        ("soon", 5),
        ("1.5", 5), ("", 5), ("Fri, 15 Jan 2027 08:10:00 GMT", 600), ("Fri, 15 Jan 2027 07:00:00 GMT", 5),
        ("Fri, 15 Jan 2100 08:00:00 GMT", 86_400),
    ])
    func retryAfterIsHonouredUpToADay(text: String, delay: Int64) {
        for status in [301, 404, 429, 500, 503] {
            #expect(policy.verdict(on: .answered(status, retryAfter: text), attempt: 1, jitter: 0, now: now) == .retry(after: delay))
        }
    }

    /// 8.3: the last attempt stays the last, whatever the receiver asks for.
    @Test func retryAfterGivesNoFurtherAttempt() {
        #expect(policy.verdict(on: .answered(503, retryAfter: "60"), attempt: 10, jitter: 0, now: now) == .exhausted)
    }

    /// 8.3: "429, 502, 503, 504: endpoint paused max(Retry-After, 60 s doubling to 15 min)".
    @Test(arguments: [429, 502, 503, 504])
    func whoHasTooMuchToDoIsLeftAlone(status: Int) {
        var (pause, time, pauses) = (EndpointPause(), now, [Int64]())
        for _ in 0..<6 {
            pause = policy.pause(after: .answered(status, retryAfter: nil), current: pause, now: time)
            pauses.append((pause.until ?? time).seconds - time.seconds)
            time = pause.until ?? time
        }
        #expect(pauses == [60, 120, 240, 480, 900, 900])
    }

    /// 8.3: the longer of both; what the receiver asks for does not become the length that is doubled.
    @Test(arguments: [("30", 60 as Int64), ("7200", 7_200), ("999999", 86_400), ("Fri, 15 Jan 2027 08:10:00 GMT", 600)])
    func thePauseIsTheLongerOfBoth(text: String, seconds: Int64) {
        let pause = policy.pause(after: .answered(503, retryAfter: text), current: EndpointPause(), now: now)
        #expect(pause == EndpointPause(until: now.adding(seconds: seconds), seconds: 60))
    }

    /// 8.3: what was on its way when the receiver asked for rest makes the pause neither shorter nor twice as long.
    @Test func refusalsDuringAPauseAreNoFurtherPause() {
        let pause = EndpointPause(until: now.adding(seconds: 30), seconds: 120)
        #expect(policy.pause(after: .answered(503, retryAfter: nil), current: pause, now: now) == pause)
        #expect(policy.pause(after: .answered(503, retryAfter: "10"), current: pause, now: now) == pause)
        #expect(
            policy.pause(after: .answered(503, retryAfter: "300"), current: pause, now: now)
                == EndpointPause(until: now.adding(seconds: 300), seconds: 120))
        let over = policy.pause(after: .answered(503, retryAfter: nil), current: pause, now: now.adding(seconds: 30))
        #expect(over == EndpointPause(until: now.adding(seconds: 270), seconds: 240))
    }

    /// 8.3: other failures pause nothing but their own delivery, and end no pause.
    @Test(arguments: [
        AttemptResult.answered(500, retryAfter: "60"), .answered(302, retryAfter: nil), .failed("timeout"),
    ])
    func otherFailuresDoNotPauseTheEndpoint(result: AttemptResult) {
        for pause in [EndpointPause(), EndpointPause(until: now.adding(seconds: 30), seconds: 120)] {
            #expect(policy.pause(after: result, current: pause, now: now) == pause)
        }
    }

    /// 8.4: "now - firstFailureAt >= 5 days and at least 3 attempts failed over at least 12 h".
    @Test(arguments: [
        (3, 432_000 as Int64, true), (3, 431_999, false), (2, 432_000, false), (100, 43_200, false), (3, 8_640_000, true),
        (0, 8_640_000, false),
    ])
    func anEndpointIsGivenUpAfterFiveDaysOfFailures(failures: Int, seconds: Int64, isFailing: Bool) {
        #expect(EndpointHealth.isFailing(firstFailureAt: now.adding(seconds: -seconds), failures: failures, now: now) == isFailing)
    }
}
