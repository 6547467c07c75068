import Community
import Primitives
import Testing

@testable import Gateway

/// contracts/chat.md 5.6: "at most one event per user and channel per 5 s".
struct TypingThrottleTests {
    private let ada = AccountID(1)
    private let eve = AccountID(2)
    private let lobby = ChannelID(7)
    private let attic = ChannelID(8)
    private let start = Timestamp(seconds: 1_000)

    /// Holds the throttle, so that an expectation may change it.
    private final class Doorkeeper {
        private(set) var throttle: TypingThrottle

        init(limit: Int = TypingThrottle.limit) {
            throttle = TypingThrottle(limit: limit)
        }

        func admit(_ account: AccountID, in channel: ChannelID, at now: Timestamp) -> Bool {
            throttle.admit(account, in: channel, at: now)
        }
    }

    @Test func `once in five seconds, for each person and channel`() {
        let doorkeeper = Doorkeeper()
        #expect(doorkeeper.admit(ada, in: lobby, at: start))
        #expect(!doorkeeper.admit(ada, in: lobby, at: start.adding(milliseconds: 4_999)))
        #expect(!doorkeeper.throttle.admits(ada, in: lobby, at: start))
        #expect(doorkeeper.admit(eve, in: lobby, at: start) && doorkeeper.admit(ada, in: attic, at: start))
        // What was refused does not count.
        #expect(doorkeeper.admit(ada, in: lobby, at: start.adding(seconds: 5)))
        #expect(!doorkeeper.admit(ada, in: lobby, at: start.adding(seconds: 9)))
    }

    @Test func `what is over is forgotten, and no more is kept than the limit`() {
        let doorkeeper = Doorkeeper(limit: 100)
        for id in 1...1_000 as ClosedRange<Int64> { #expect(doorkeeper.admit(AccountID(id), in: lobby, at: start)) }
        #expect(doorkeeper.throttle.count == 100)
        #expect(
            !doorkeeper.throttle.admits(AccountID(1_000), in: lobby, at: start)
                && doorkeeper.throttle.admits(AccountID(1), in: lobby, at: start))
        #expect(doorkeeper.admit(ada, in: attic, at: start.adding(seconds: 5)))
        #expect(doorkeeper.throttle.count == 1)
    }

    @Test func `a clock that is set back locks nobody out`() {
        let doorkeeper = Doorkeeper()
        #expect(doorkeeper.admit(ada, in: lobby, at: start))
        #expect(doorkeeper.admit(ada, in: lobby, at: start.adding(seconds: -60)))
        #expect(!doorkeeper.admit(ada, in: lobby, at: start.adding(seconds: -59)))
    }
}
