/// A point on the monotonic clock: good for deadlines, meaningless as a date.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
    /// Nanoseconds since an arbitrary start.
    public var nanoseconds: UInt64

    /// An instant `nanoseconds` after the clock's arbitrary start.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Orders by time.
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant `duration` later; a negative duration counts as zero.
    public static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
    }

    /// The time from `right` to `left`, zero when `right` is the later one.
    public static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        left > right ? .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds)) : .zero
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to 0 ... 292 years.
    var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let total = scaled &+ UInt64(attoseconds / 1_000_000_000)
        return overflow || total > UInt64(Int64.max) ? UInt64(Int64.max) : total
    }
}
