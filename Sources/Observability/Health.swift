internal import Primitives

/// Whether the server can be sent requests.
public final class Health: Sendable {
    /// The three times of a server's life, in their order.
    public enum State: String, Sendable, CaseIterable {
        /// Not yet.
        case starting
        /// Yes.
        case ready
        /// No more: it ends what it has begun.
        case draining
    }

    /// Something that the server needs and has not got.
    public struct Failure: Sendable, Equatable {
        /// What it is, a word of the program: `database`.
        public var check: String
        /// Why, a sentence for the operator.
        public var reason: String
    }

    private struct Condition {
        var state = State.starting
        var failures: [String: String] = [:]
    }

    private let condition = Mutex(Condition())

    /// A server that is starting.
    public init() {}

    /// Where it stands.
    public var state: State { condition.withLock { $0.state } }

    /// Moves on. A server that drains is never ready again, whoever says so late.
    public func enter(_ state: State) {
        condition.withLock { condition in
            let order = State.allCases
            guard let from = order.firstIndex(of: condition.state), let to = order.firstIndex(of: state), from < to else { return }
            condition.state = state
        }
    }

    /// Notes how a check went.
    /// - Parameters:
    ///   - check: a word of the program, so that there are few.
    ///   - failure: why it failed, nil when it passed.
    public func report(_ check: String, failure: String?) {
        condition.withLock { $0.failures[check] = failure }
    }

    /// Whether requests may come: it is ready and no check fails.
    public var isReady: Bool { condition.withLock { $0.state == .ready && $0.failures.isEmpty } }

    /// The checks that fail, by name.
    public var failures: [Failure] {
        condition.withLock { $0.failures }.map { Failure(check: $0.key, reason: $0.value) }.sorted { $0.check < $1.check }
    }
}
