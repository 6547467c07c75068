internal import Primitives
internal import Security

/// The addresses of this server's own name (contracts/cosmos.md 8.5, rule 3). Behind a router they are the router's: what listens there is for the
/// world, or for the house, but not for a stranger who has Roost ask from inside.
final class OwnNameAddresses: Sendable {
    /// How long they are believed.
    private static let lifetime = Duration.seconds(600)

    private struct State {
        var addresses: [AddressRange] = []
        var refreshedAt: ContinuousClock.Instant?
    }

    private let name: String
    private let resolver: NameResolver
    private let state = Mutex(State())

    init(name: String, resolver: NameResolver) {
        self.name = name
        self.resolver = resolver
    }

    /// Looks the name up when that was long ago. It may block. A name that is not found leaves what is known.
    func refresh() {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if let last = state.refreshedAt, now - last < Self.lifetime { return false }
            state.refreshedAt = now
            return true
        }
        guard isDue else { return }
        let found = AddressRange(name).map { [$0] } ?? resolver.addresses(name).compactMap { AddressRange($0) }
        if !found.isEmpty { state.withLock { $0.addresses = found } }
    }

    /// Whether a numeric address is one of them.
    func contains(_ address: String) -> Bool {
        state.withLock { state in state.addresses.contains { $0.contains(address) } }
    }
}
