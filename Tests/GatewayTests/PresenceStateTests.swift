import Community
import Primitives
import Reactor
import Storage
import Testing

@testable import Gateway

/// Who is told of whom, and when (contracts/chat.md 5.5), at made-up instants.
struct PresenceStateTests {
    /// A state whose telling a test drives, with one space that everybody is in.
    private final class World {
        var state: PresenceState
        var now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
        var chosen: [Int64: PresenceStatus] = [:]
        var members = 1_000
        private let deliveries: Int
        private var lastPlace: UInt64 = 0

        init(deliveries: Int = 1_000_000) {
            var settings = PresenceSettings()
            settings.deliveries = deliveries
            self.deliveries = deliveries
            state = PresenceState(settings)
        }

        func account(_ id: Int64) -> Account {
            Account(
                id: AccountID(id), username: "user\(id)", status: chosen[id] ?? .online, createdAt: Timestamp(seconds: 0),
                updatedAt: Timestamp(seconds: 0))
        }

        func show(_ ids: Int64...) -> [PresenceChange] {
            state.show(ids.map { AccountID($0) })
        }

        @discardableResult
        func enter(_ id: Int64) -> SocketRegistry.Place {
            lastPlace += 1
            let place = SocketRegistry.Place(number: lastPlace)
            state.enter(account(id), through: place)
            return place
        }

        func leave(_ id: Int64, _ departure: Departure = .closed, topics: [TopicID] = []) {
            state.leave(AccountID(id), departure, topics: topics, at: now)
        }

        func choose(_ id: Int64, _ status: PresenceStatus) {
            chosen[id] = status
            state.update(account(id))
        }

        func advance(_ duration: Duration) {
            now = now + duration
        }

        /// One telling, as the board does it.
        func changes(page: Int = 1_000_000) -> [PresenceChange] {
            var told: [PresenceChange] = []
            var budget = deliveries
            let count = state.beginTelling(at: now)
            for start in stride(from: 0, to: count, by: page) {
                let taken = state.take(min(count - start, page))
                let audiences = Dictionary(uniqueKeysWithValues: taken.map { ($0, audience(of: $0)) })
                let (tellings, isExhausted) = state.settle(taken, audiences, budget: &budget)
                told += tellings.map(\.change)
                if isExhausted { break }
            }
            return told
        }

        private func audience(of account: AccountID) -> PresenceAudience {
            PresenceAudience(
                username: "user\(account.rawValue)", status: chosen[account.rawValue] ?? .online,
                sources: [EventSource(scope: .space, id: 7)], reach: members)
        }

        /// One telling, in short: `1 online`.
        func tell(page: Int = 1_000_000) -> [String] {
            changes(page: page).map { "\($0.account.rawValue) \($0.status.rawValue)" }
        }
    }

    private let space = TopicID(scope: .space, id: 7)

    @Test func `somebody who comes is told once`() {
        let world = World()
        world.enter(1)
        #expect(world.tell() == ["1 online"])
        world.advance(.seconds(1))
        #expect(world.tell() == [] && world.state.nextDue == nil)
        #expect(world.state.counts == (people: 1, waiting: 0, graces: 0))
    }

    @Test func `changes between two tellings are one, and one that is taken back is none`() {
        let world = World()
        world.enter(1)
        #expect(world.tell() == ["1 online"])
        world.choose(1, .idle)
        world.choose(1, .dnd)
        #expect(world.tell() == ["1 dnd"])
        world.choose(1, .idle)
        world.choose(1, .dnd)
        #expect(world.tell() == [])
    }

    @Test func `who comes back between the end of the grace and the telling was never away`() {
        let world = World()
        world.enter(1)
        #expect(world.tell() == ["1 online"])
        world.leave(1)
        world.advance(.seconds(10))
        #expect(world.state.beginTelling(at: world.now) == 1 && !world.state.isPresent(AccountID(1)))
        world.enter(1)
        #expect(world.state.isPresent(AccountID(1)) && world.tell() == [])
        world.leave(1)
        world.advance(.seconds(10))
        #expect(world.tell() == ["1 offline"])
    }

    @Test func `who closes in order is gone after ten seconds, who is lost after thirty`() {
        let world = World()
        for id in [1, 2] as [Int64] { world.enter(id) }
        _ = world.tell()
        world.leave(1, .closed)
        world.leave(2, .lost)
        #expect(world.state.nextDue == world.now + .seconds(10))
        world.advance(.milliseconds(9_999))
        #expect(world.tell() == [] && world.state.isPresent(AccountID(1)))
        world.advance(.milliseconds(1))
        #expect(world.tell() == ["1 offline"] && !world.state.isPresent(AccountID(1)))
        world.advance(.milliseconds(19_999))
        #expect(world.tell() == [] && world.state.isPresent(AccountID(2)))
        world.advance(.milliseconds(1))
        #expect(world.tell() == ["2 offline"])
        #expect(world.state.counts == (people: 0, waiting: 0, graces: 0))
    }

    @Test func `who comes back in time was never away`() {
        let world = World()
        world.enter(1)
        _ = world.tell()
        world.leave(1)
        world.advance(.seconds(9))
        world.enter(1)
        world.advance(.seconds(9))
        #expect(world.tell() == [])
        world.leave(1)
        world.advance(.seconds(9))
        // The first end is long over; the second counts.
        #expect(world.tell() == [])
        world.advance(.seconds(1))
        #expect(world.tell() == ["1 offline"])
    }

    /// What one socket gets at once stays well below what may wait for it, however many go at the same moment.
    @Test func `of very many who go at once so many are told each second`() {
        let world = World(deliveries: .max)
        for id in 1...5_000 as ClosedRange<Int64> { world.enter(id) }
        for expected in [2_000, 2_000, 1_000, 0] {
            #expect(world.tell(page: 256).count == expected)
            world.advance(.seconds(1))
        }
        #expect(world.state.nextDue == nil)
    }

    @Test func `ten thousand who come back in time are not told of`() {
        let world = World()
        for id in 1...10_000 as ClosedRange<Int64> { world.enter(id) }
        while !world.tell().isEmpty { world.advance(.seconds(1)) }
        for id in 1...10_000 as ClosedRange<Int64> { world.leave(id, .lost, topics: [space]) }
        world.advance(.seconds(29))
        for id in 1...10_000 as ClosedRange<Int64> { world.enter(id) }
        for _ in 0..<60 {
            #expect(world.tell() == [])
            world.advance(.seconds(1))
        }
        #expect(world.state.counts == (people: 10_000, waiting: 0, graces: 0))
        #expect(world.state.leaving(in: [space], limit: 10).isEmpty)
    }

    @Test func `with several sockets only the last one counts`() {
        let world = World()
        world.enter(1)
        world.enter(1)
        #expect(world.tell() == ["1 online"])
        world.leave(1)
        world.advance(.seconds(60))
        #expect(world.tell() == [] && world.state.isPresent(AccountID(1)) && world.state.socketCount == 1)
        world.leave(1)
        world.advance(.seconds(10))
        #expect(world.tell() == ["1 offline"] && world.state.socketCount == 0)
    }

    @Test func `the invisible look offline`() {
        let world = World()
        world.chosen[1] = .invisible
        world.enter(1)
        #expect(world.tell() == [])
        #expect(world.show(1).isEmpty)
        world.choose(1, .idle)
        #expect(world.tell() == ["1 idle"])
        world.choose(1, .invisible)
        #expect(world.tell() == ["1 offline"])
        world.leave(1)
        world.advance(.seconds(10))
        #expect(world.tell() == [] && world.state.counts.people == 0)
    }

    /// What a socket brings with it was read a moment before, and its change may have been told to nobody who knew the account.
    @Test func `the database has the last word on somebody who has just come`() {
        let world = World()
        world.enter(1)
        world.chosen[1] = .dnd
        #expect(world.tell() == ["1 dnd"])
        world.chosen[2] = .invisible
        world.enter(2)
        world.chosen[2] = .online
        #expect(world.tell() == ["2 online"])
    }

    @Test func `the budget is kept, the row is kept, and the latest status is told`() {
        let world = World(deliveries: 1_000)
        world.members = 300
        for id in 1...400 as ClosedRange<Int64> { world.enter(id) }
        #expect(world.tell(page: 2) == ["1 online", "2 online", "3 online"])
        world.choose(1, .dnd)
        world.choose(4, .idle)
        world.advance(.seconds(1))
        #expect(world.state.nextDue == world.now)
        #expect(world.tell(page: 2) == ["4 idle", "5 online", "6 online"])
        // No more can be reached than sockets there are.
        for id in 102...400 as ClosedRange<Int64> { world.leave(id) }
        #expect(world.state.socketCount == 101)
        #expect(world.tell() == (7...15).map { "\($0) online" })
    }

    @Test func `one change is told however much it costs`() {
        let world = World(deliveries: 1)
        for id in 1...3 as ClosedRange<Int64> { world.enter(id) }
        #expect(world.tell() == ["1 online"])
        #expect(world.tell() == ["2 online"])
        #expect(world.tell() == ["3 online"])
    }

    @Test func `whose audience cannot be read waits on at the front`() {
        let world = World()
        for id in 1...3 as ClosedRange<Int64> { world.enter(id) }
        _ = world.state.beginTelling(at: world.now)
        let taken = world.state.take(2)
        world.choose(1, .idle)
        world.state.putBack(taken)
        #expect(world.tell() == ["2 online", "3 online", "1 idle"])
    }

    @Test func `who does not exist is told to nobody`() {
        let world = World()
        world.enter(1)
        _ = world.state.beginTelling(at: world.now)
        var budget = 10
        let settled = world.state.settle(world.state.take(1), [:], budget: &budget)
        #expect(settled.tellings.isEmpty && !settled.isExhausted && budget == 10)
        #expect(world.tell() == [])
    }

    @Test func `the socket that caused a change is named, unless something else came of it`() {
        let world = World()
        let first = world.enter(1)
        #expect(world.changes().map(\.cause) == [first])
        let second = world.enter(1)
        world.state.willChoose(.dnd, for: AccountID(1), through: second)
        world.choose(1, .dnd)
        #expect(world.changes().map(\.cause) == [second])
        world.state.willChoose(.idle, for: AccountID(1), through: first)
        world.choose(1, .idle)
        world.choose(1, .online)
        #expect(world.changes().map(\.cause) == [nil])
    }

    /// A socket that comes between a change and its telling is shown the change at once; should that be taken back, it has to be told.
    @Test func `what was shown ahead of a telling is put right`() {
        let world = World()
        world.enter(1)
        _ = world.tell()
        world.choose(1, .idle)
        #expect(world.show(1, 2).map(\.status) == [.idle])
        let position = world.state.position
        world.choose(1, .online)
        let changes = world.changes()
        #expect(changes.map(\.status) == [.online] && changes.allSatisfy { $0.number > position })
        #expect(world.state.toldThrough == changes.last?.number)
    }

    /// The same for what it is not shown: somebody who looks offline for less than a second is there again.
    @Test func `who was away between two tellings is told to whoever came meanwhile`() {
        let world = World()
        world.enter(1)
        world.enter(2)
        #expect(world.tell() == ["1 online", "2 online"])
        world.choose(1, .invisible)
        #expect(world.show(1, 2).map(\.account.rawValue) == [2])
        world.choose(1, .online)
        #expect(world.tell() == ["1 online"])
        world.choose(2, .idle)
        world.choose(2, .online)
        _ = world.show(1, 2)
        #expect(world.tell() == [])
    }

    /// Who looks is not told of somebody who comes unseen.
    @Test func `the invisible are not told of, whoever looks`() {
        let world = World()
        world.chosen[1] = .invisible
        world.enter(1)
        #expect(world.show(1).isEmpty)
        #expect(world.tell() == [])
    }

    @Test func `who is leaving is found by topic until the time is over or the topic is not shared any more`() {
        let world = World()
        let other = TopicID(scope: .space, id: 8)
        for id in 1...3 as ClosedRange<Int64> {
            world.enter(id)
            world.leave(id, topics: [space, other])
        }
        #expect(world.state.leaving(in: [space], limit: 10) == [AccountID(1), AccountID(2), AccountID(3)])
        #expect(world.state.leaving(in: [space, other], limit: 2).count == 2)
        world.state.hide(AccountID(1), from: space)
        world.enter(2)
        #expect(world.state.leaving(in: [space], limit: 10) == [AccountID(3)])
        #expect(world.state.leaving(in: [other], limit: 10) == [AccountID(1), AccountID(3)])
        world.advance(.seconds(10))
        _ = world.tell()
        #expect(world.state.leaving(in: [space, other], limit: 10).isEmpty)
    }

    @Test func `somebody who comes and goes all the time takes no more room than others`() {
        let world = World()
        for round in 0..<10_000 {
            world.enter(1)
            world.leave(1, round.isMultiple(of: 2) ? .lost : .closed)
            world.advance(.milliseconds(1))
        }
        #expect(world.state.counts.people == 1 && world.state.counts.waiting == 1)
        #expect(world.state.counts.graces < 200)
    }
}
