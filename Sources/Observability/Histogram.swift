internal import Synchronization

/// How values spread, in fixed buckets. Noting one takes two atomic operations and no lock, from any thread.
public final class Histogram: Sendable {
    /// Upper ends of buckets for the durations of requests, in seconds.
    public static let bounds: [Double] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    /// The upper ends of the buckets, rising, each belonging to its bucket; one more bucket takes what is above the last.
    public let upperBounds: [Double]
    private let buckets: [Counter]
    private let sum = Atomic<Double>(0)

    /// A histogram of nothing.
    /// - Parameter bounds: the finite upper ends of the buckets, rising.
    public init(bounds: [Double] = Histogram.bounds) {
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite), "Bounds must be finite and rise.")
        upperBounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Notes a duration, in seconds.
    public func observe(_ duration: Duration) {
        observe(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    /// Notes a value. NaN is left out, because the sum would never be a number again.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        buckets[upperBounds.firstIndex { value <= $0 } ?? upperBounds.count].increment()
        var known = sum.load(ordering: .relaxed)
        while true {
            let (isExchanged, found) = sum.weakCompareExchange(expected: known, desired: known + value, ordering: .relaxed)
            if isExchanged { return }
            known = found
        }
    }

    /// Values up to each bound, the last of them all values, and their sum. Values that arrive meanwhile may be in one and not yet in the other.
    var totals: (cumulative: [Int], sum: Double) {
        var count = 0
        let cumulative = buckets.map { bucket in
            count += bucket.value
            return count
        }
        return (cumulative, sum.load(ordering: .relaxed))
    }
}
