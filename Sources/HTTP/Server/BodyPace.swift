internal import Reactor

/// How long a client may be waited for while it sends a body: bytes that arrive earn time, waiting spends it.
///
/// Only the time in which somebody waits counts, so a slow handler is not held against the client; and one byte now and then does not
/// keep a connection forever.
struct BodyPace {
    private let full: Duration
    private let bytesForFull: Int
    private var credit: Duration
    private var waitingSince: MonotonicInstant?

    /// - Parameters:
    ///   - idle: the credit at the start, and at most.
    ///   - bytesForFull: bytes that earn all of it; with 0 any byte does.
    init(idle: Duration, bytesForFull: Int) {
        full = idle
        credit = idle
        self.bytesForFull = bytesForFull
    }

    /// Somebody waits from now on.
    ///
    /// - Returns: for how long at most.
    mutating func wait(at now: MonotonicInstant) -> Duration {
        if let waitingSince { credit -= now - waitingSince }
        waitingSince = now
        return max(credit, .zero)
    }

    /// Bytes have come: nobody waits any more.
    mutating func received(_ count: Int, at now: MonotonicInstant) {
        if let waitingSince { credit -= now - waitingSince }
        waitingSince = nil
        credit = count >= bytesForFull ? full : min(full, max(credit, .zero) + full * count / bytesForFull)
    }
}
