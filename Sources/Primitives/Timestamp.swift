#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A moment of civil time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Comparable, Hashable, Sendable {
    /// Microseconds since the Unix epoch, UTC.
    public var microseconds: Int64

    /// A moment given in microseconds since the Unix epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A moment given in whole seconds since the Unix epoch.
    public init(seconds: Int64) {
        microseconds = seconds * 1_000_000
    }

    /// The present time of the system's clock.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 {
        microseconds / 1_000_000 - (microseconds % 1_000_000 < 0 ? 1 : 0)
    }

    /// The moment that many seconds later.
    public func adding(seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    /// The moment that many milliseconds later.
    public func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + milliseconds * 1_000)
    }

    /// Whether a moment is before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

/// Where the present time comes from; tests pass their own.
public typealias WallClock = @Sendable () -> Timestamp
