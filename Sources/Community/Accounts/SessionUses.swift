internal import Primitives

/// When logins were used last, more exactly than the database knows: it is told every few minutes only, because each time costs a write.
///
/// A bounded memory of this process: what it forgets, or a restart, the database knows to within `Limits.sessionUseSeconds`.
final class SessionUses: Sendable {
    /// Logins that are remembered.
    private static let limit = 16_384

    private let times = Mutex<[SessionID: Timestamp]>([:])

    /// Remembers that a login is used now.
    func note(_ session: SessionID, at now: Timestamp) {
        times.withLock { times in
            if times.count >= Self.limit, times[session] == nil {
                // The database knows of the older ones.
                times = times.filter { $0.value > now.adding(seconds: -Limits.sessionUseSeconds) }
                if times.count >= Self.limit { times.removeAll(keepingCapacity: true) }
            }
            times[session] = now
        }
    }

    /// The later of two times: the one given and the one remembered.
    func latest(of session: SessionID, _ known: Timestamp) -> Timestamp {
        max(times.withLock { $0[session] } ?? known, known)
    }
}
