public import Primitives

/// A clock that stands still until it is moved.
public final class ManualClock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_800_000_000))

    /// A clock that shows a time in 2027.
    public init() {}

    /// What the clock shows.
    public var now: Timestamp { time.withLock { $0 } }

    /// Moves the clock on, or back.
    public func advance(seconds: Int64) {
        advance(microseconds: seconds * 1_000_000)
    }

    /// Moves the clock on, or back.
    public func advance(microseconds: Int64) {
        time.withLock { $0.microseconds += microseconds }
    }
}
