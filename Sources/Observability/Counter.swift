internal import Synchronization

/// A number that only grows. Counting is one atomic addition, from any thread.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// A counter at zero.
    public init() {}

    /// Counts.
    public func increment(by amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// How much has been counted.
    public var value: Int { count.load(ordering: .relaxed) }
}
