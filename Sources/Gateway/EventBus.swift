/// Carries the hint that there are new events from one node to the others (DESIGN section 9).
///
/// A bus may lose hints: the log is the record, and a node that hears nothing still polls it.
public protocol EventBus: Sendable {
    /// Tells the other nodes that the log has events up to `id`.
    func announce(upTo id: Int64)
}

/// The bus of a single node: there is nobody to tell.
public struct InProcessBus: EventBus {
    /// A bus without other nodes.
    public init() {}

    /// Does nothing.
    public func announce(upTo id: Int64) {}
}
