internal import Synchronization

/// Whether the server can be sent requests.
public final class Health: Sendable {
    /// The three times of a server's life.
    public enum State: String, Sendable {
        /// Not yet.
        case starting
        /// Yes.
        case ready
        /// No more: it ends what it has begun.
        case draining
    }

    private let current = Mutex(State.starting)

    /// A server that is starting.
    public init() {}

    /// Where it stands.
    public var state: State { current.withLock { $0 } }

    /// Moves on.
    public func enter(_ state: State) {
        current.withLock { $0 = state }
    }
}
