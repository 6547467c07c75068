import Community
import Primitives
import Testing

@testable import Gateway

/// Places of sockets: so many for each account, one for each session.
struct SocketRegistryTests {
    private static let ada = AccountID(1)

    private static func session(_ login: Int64) -> GatewaySession {
        GatewaySession(login: SessionID(login), openedAt: Timestamp(seconds: 1))
    }

    private final class Told: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }
        func tell() { number.withLock { $0 += 1 } }
    }

    @Test func `an account has so many places and no more`() {
        let registry = SocketRegistry(limit: 2)
        let first = registry.enter(Self.ada, session: Self.session(1)) {}
        #expect(first != nil)
        #expect(registry.enter(Self.ada, session: Self.session(2)) {} != nil)
        #expect(registry.enter(Self.ada, session: Self.session(3)) {} == nil)
        #expect(registry.enter(AccountID(2), session: Self.session(3)) {} != nil)
        #expect(registry.count == 3)
        if let first { registry.leave(first, of: Self.ada) }
        #expect(registry.enter(Self.ada, session: Self.session(3)) {} != nil)
    }

    @Test func `whoever takes a session over sends its former socket away`() {
        let registry = SocketRegistry(limit: 1)
        let (first, second) = (Told(), Told())
        let old = registry.enter(Self.ada, session: Self.session(1)) { first.tell() }
        let new = registry.enter(Self.ada, session: Self.session(1)) { second.tell() }
        #expect(old != nil && new != nil)
        #expect((first.count, second.count, registry.count) == (1, 0, 1))
        // The place of the old one is not its own any more.
        if let old { registry.leave(old, of: Self.ada) }
        #expect(registry.isConnected(Self.ada) && registry.count == 1)
        if let new { registry.leave(new, of: Self.ada) }
        if let new { registry.leave(new, of: Self.ada) }
        #expect(!registry.isConnected(Self.ada) && registry.count == 0)
    }
}
