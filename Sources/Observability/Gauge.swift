internal import Synchronization

/// A number that goes up and down. Moving it is one atomic addition, from any thread.
public final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    /// A gauge at zero.
    public init() {}

    /// Moves it.
    public func add(_ difference: Int) {
        level.wrappingAdd(difference, ordering: .relaxed)
    }

    /// Puts it somewhere.
    public func set(_ value: Int) {
        level.store(value, ordering: .relaxed)
    }

    /// Where it stands.
    public var value: Int { level.load(ordering: .relaxed) }
}
