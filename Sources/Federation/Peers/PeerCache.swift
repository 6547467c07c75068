internal import Primitives

/// What is known of other servers for a while, by the address that they were asked for at. Any thread asks.
final class PeerCache: Sendable {
    /// How long what a server says of itself counts.
    static let lifetime = Duration.seconds(600)
    /// How long one that was not found is not looked for again.
    static let failureLifetime = Duration.seconds(10)
    /// Addresses that are remembered.
    static let limit = 1_000

    private struct Entry {
        var result: Result<PeerServer, PeerFailure>
        var until: ContinuousClock.Instant
    }

    private let entries = Mutex<[String: Entry]>([:])
    /// Look-ups that are under way.
    let searches = SharedWork<PeerServer>()

    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: what time it is.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// Nil when nothing is known, or no more.
    func result(for address: String) -> Result<PeerServer, PeerFailure>? {
        let now = now()
        return entries.withLock { entries in
            guard let entry = entries[address], entry.until > now else { return nil }
            return entry.result
        }
    }

    /// Whether a server was found within the last ten seconds.
    func isFresh(_ address: String) -> Bool {
        let now = now()
        return entries.withLock { entries in
            entries[address].map { $0.until - now > Self.lifetime - Self.failureLifetime } ?? false
        }
    }

    func keep(_ result: Result<PeerServer, PeerFailure>, for address: String) {
        var lifetime = Self.lifetime
        if case .failure = result { lifetime = Self.failureLifetime }
        let now = now()
        entries.withLock { entries in
            if entries.count >= Self.limit, entries[address] == nil {
                entries = entries.filter { $0.value.until > now }
                // Half of them go at a time: looking for the oldest costs a look at all.
                if entries.count >= Self.limit {
                    let oldest = entries.sorted { $0.value.until < $1.value.until }.prefix(Self.limit / 2).map(\.key)
                    for address in oldest { entries[address] = nil }
                }
            }
            entries[address] = Entry(result: result, until: now + lifetime)
        }
    }
}
