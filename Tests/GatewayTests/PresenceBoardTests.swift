import Community
import Primitives
import Reactor
import Storage
import Testing

@testable import Gateway

/// The board tells through the hub, and goes on after the database was away.
struct PresenceBoardTests {
    private struct Away: Error {}

    private static let space = EventSource(scope: .space, id: 7)

    private static func account(_ id: Int64) -> Account {
        Account(id: AccountID(id), username: "user\(id)", createdAt: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 0))
    }

    @Test func `what could not be told for want of the database is told later`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let hub = Hub(group: group, startingAfter: 100, bus: InProcessBus())
        let tries = Mutex(0)
        let failures = Mutex(0)
        var settings = PresenceSettings()
        settings.interval = .milliseconds(20)
        let board = PresenceBoard(hub: hub, loop: loop, settings: settings) { accounts in
            let isAway = tries.withLock { tries in
                tries += 1
                return tries <= 2
            }
            if isAway { throw Away() }
            let audience = PresenceAudience(username: "user", status: .online, sources: [Self.space], reach: 2)
            return Dictionary(uniqueKeysWithValues: accounts.map { ($0, audience) })
        } reportFailure: { _ in
            failures.withLock { $0 += 1 }
        }
        let listener = try await loop.submit {
            let listener = RecordingSubscriber(account: 1, encoder: CountingEncoder())
            #expect(hub.shard.flatMap { listener.attach(to: $0, [TopicID(Self.space)]) } != nil)
            for id in [2, 3] as [Int64] { board.enter(Self.account(id), through: SocketRegistry.Place(number: UInt64(id))) }
            return LoopBound(listener, loop: loop)
        }
        let end = ContinuousClock.now + .seconds(10)
        while try await loop.submit({ listener.value.received.count }) < 2, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
        }
        // Both came with one write, after two tries that failed.
        #expect(try await loop.submit { listener.value.received.count == 2 && listener.value.writes == 1 })
        #expect(tries.withLock { $0 } == 3 && failures.withLock { $0 } == 2)
        board.stop()
    }
}
