import Community
import Primitives
import Reactor
import Testing

@testable import Gateway

/// Places of sockets: so many for each account, one for each session.
struct SocketRegistryTests {
    private static let ada = AccountID(1)

    private static func session(_ login: Int64) -> GatewaySession {
        GatewaySession(login: SessionID(login), openedAt: Timestamp(seconds: 1))
    }

    private final class Socket: SessionHolder {
        var timesSentAway = 0
        func giveWay() { timesSentAway += 1 }
    }

    /// A registry on a loop of its own, and a way to enter it.
    private static func onLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        try await body(group.next())
    }

    @Test func `an account has so many places and no more`() async throws {
        try await Self.onLoop { loop in
            let registry = SocketRegistry(limit: 2)
            func enter(_ account: AccountID, _ login: Int64) -> SocketRegistry.Place? {
                registry.enter(account, session: Self.session(login), socket: LoopBound(Socket(), loop: loop))
            }
            let first = enter(Self.ada, 1)
            #expect(first != nil)
            #expect(enter(Self.ada, 2) != nil)
            #expect(enter(Self.ada, 3) == nil)
            #expect(enter(AccountID(2), 3) != nil)
            #expect(registry.count == 3)
            if let first { registry.leave(first, of: Self.ada) }
            #expect(enter(Self.ada, 3) != nil)
        }
    }

    @Test func `whoever takes a session over sends its former socket away`() async throws {
        try await Self.onLoop { loop in
            let registry = SocketRegistry(limit: 1)
            let (first, second) = (LoopBound(Socket(), loop: loop), LoopBound(Socket(), loop: loop))
            func enter(_ socket: LoopBound<Socket>) async throws -> SocketRegistry.Place? {
                let holder = try await loop.submit { LoopBound<any SessionHolder>(socket.value, loop: loop) }
                return registry.enter(Self.ada, session: Self.session(1), socket: holder)
            }
            let old = try await enter(first)
            let new = try await enter(second)
            #expect(old != nil && new != nil)
            let times = try await loop.submit { [first.value.timesSentAway, second.value.timesSentAway] }
            #expect(times == [1, 0] && registry.count == 1)
            // The place of the old one is not its own any more.
            if let old { registry.leave(old, of: Self.ada) }
            #expect(registry.isConnected(Self.ada) && registry.count == 1)
            if let new { registry.leave(new, of: Self.ada) }
            if let new { registry.leave(new, of: Self.ada) }
            #expect(!registry.isConnected(Self.ada) && registry.count == 0)
        }
    }

    @Test func `where the oldest gives way one more always finds a place`() async throws {
        try await Self.onLoop { loop in
            let registry = SocketRegistry(limit: 2, whenFull: .oldestGivesWay)
            let sockets = (0..<5).map { _ in LoopBound(Socket(), loop: loop) }
            func enter(_ number: Int, _ account: AccountID = Self.ada) async throws -> SocketRegistry.Place? {
                let holder = try await loop.submit { LoopBound<any SessionHolder>(sockets[number].value, loop: loop) }
                return registry.enter(account, session: Self.session(Int64(number)), socket: holder)
            }
            func sentAway() async throws -> [Int] { try await loop.submit { sockets.map { $0.value.timesSentAway } } }
            let first = try await enter(0)
            let second = try await enter(1)
            let other = try await enter(4, AccountID(2))
            #expect(first != nil && second != nil && other != nil)
            #expect(try await sentAway() == [0, 0, 0, 0, 0])
            #expect(try await enter(2) != nil)
            #expect(try await sentAway() == [1, 0, 0, 0, 0])
            let last = try await enter(3)
            #expect(try await sentAway() == [1, 1, 0, 0, 0])
            #expect(registry.count == 3)
            // Those that gave way have no place any more that they could give back.
            for place in [first, second] {
                if let place { registry.leave(place, of: Self.ada) }
            }
            #expect(registry.count == 3)
            if let last { registry.leave(last, of: Self.ada) }
            #expect(registry.count == 2 && registry.isConnected(Self.ada))
            // There is room again: nobody has to go.
            #expect(try await enter(0) != nil)
            #expect(try await sentAway() == [1, 1, 0, 0, 0])
        }
    }

    @Test func `whoever comes back on its own session sends nobody else away`() async throws {
        try await Self.onLoop { loop in
            let registry = SocketRegistry(limit: 2, whenFull: .oldestGivesWay)
            let sockets = (0..<3).map { _ in LoopBound(Socket(), loop: loop) }
            for (socket, login) in zip(sockets, [Int64(1), 2, 2]) {
                let holder = try await loop.submit { LoopBound<any SessionHolder>(socket.value, loop: loop) }
                #expect(registry.enter(Self.ada, session: Self.session(login), socket: holder) != nil)
            }
            let times = try await loop.submit { sockets.map { $0.value.timesSentAway } }
            #expect(times == [0, 1, 0] && registry.count == 2)
        }
    }

    /// Presence tells sockets apart by their places, whichever API they came by.
    @Test func `places of two registries differ`() async throws {
        try await Self.onLoop { loop in
            let registries = [SocketRegistry(), SocketRegistry(limit: 10, whenFull: .oldestGivesWay)]
            var places: Set<SocketRegistry.Place> = []
            for number in 0..<10 {
                let socket = LoopBound<any SessionHolder>(Socket(), loop: loop)
                if let place = registries[number % 2].enter(Self.ada, session: Self.session(Int64(number)), socket: socket) {
                    places.insert(place)
                }
            }
            #expect(places.count == 10)
        }
    }
}
