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
}
