internal import Primitives

/// What other servers have answered to reads, for a minute (contracts/reileta.md 3.3). Any thread asks.
final class ForeignReads: Sendable {
    /// How long an answer counts.
    private static let lifetime = Duration.seconds(60)
    /// Bytes of all answers together.
    private static let byteLimit = 8 << 20

    private struct Entry {
        var data: [UInt8]
        var until: ContinuousClock.Instant
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    /// Reads that are under way.
    private let reads = SharedWork<[UInt8]>()
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: what time it is.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// What was answered within the last minute, or is answered now. Of many who ask at once, one reads, and the others get what it has got.
    ///
    /// - Parameter key: what is asked for, of which server.
    /// - Throws: what reading throws; that is not remembered.
    func data(_ key: String, read: () async throws -> [UInt8]) async throws -> [UInt8] {
        if let kept = kept(key) { return kept }
        return try await reads.value(for: key) {
            let data = try await read()
            keep(data, for: key)
            return data
        }
    }

    private func kept(_ key: String) -> [UInt8]? {
        let now = now()
        return state.withLock { state in
            guard let entry = state.entries[key], entry.until > now else { return nil }
            return entry.data
        }
    }

    private func keep(_ data: [UInt8], for key: String) {
        let now = now()
        let size = data.count + key.utf8.count
        state.withLock { state in
            if let former = state.entries.removeValue(forKey: key) { state.bytes -= former.data.count + key.utf8.count }
            if state.bytes + size > Self.byteLimit {
                state.entries = state.entries.filter { $0.value.until > now }
                state.bytes = state.entries.reduce(0) { $0 + $1.value.data.count + $1.key.utf8.count }
                // A minute is soon over: what is lost is asked for again.
                if state.bytes + size > Self.byteLimit { (state.entries, state.bytes) = ([:], 0) }
            }
            guard size <= Self.byteLimit else { return }
            state.entries[key] = Entry(data: data, until: now + Self.lifetime)
            state.bytes += size
        }
    }
}
