internal import Synchronization

/// A number that only grows. Counting is one atomic addition.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// A counter at zero.
    public init() {}

    /// Counts.
    public func increment(by amount: Int = 1) {
        count.add(amount, ordering: .relaxed)
    }

    /// How much has been counted.
    public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    /// A gauge at zero.
    public init() {}

    /// Moves it.
    public func add(_ difference: Int) {
        level.add(difference, ordering: .relaxed)
    }

    /// Where it stands.
    public var value: Int { level.load(ordering: .relaxed) }
}

/// How durations spread, in fixed buckets.
public final class Histogram: Sendable {
    /// The upper ends of the buckets in seconds; the last bucket has none.
    public static let bounds: [Double] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    private struct State {
        var counts = [Int](repeating: 0, count: Histogram.bounds.count + 1)
        var seconds = 0.0
    }

    private let state = Mutex(State())

    /// A histogram of nothing.
    public init() {}

    /// Notes a duration.
    public func observe(_ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let index = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.seconds += seconds
        }
    }

    /// Durations up to each bound and all together, and their sum in seconds.
    var totals: (cumulative: [Int], seconds: Double) {
        state.withLock { state in
            var sum = 0
            return (
                state.counts.map { count in
                    sum += count
                    return sum
                }, state.seconds
            )
        }
    }
}
