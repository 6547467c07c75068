internal import Gateway
internal import Primitives

/// Gateway sessions that their clients have ended by closing with 1000 or 1001 (contracts/chat.md 4.5): they are not resumed.
///
/// A bounded memory of this process: the oldest are forgotten first, and after a restart such a session can be resumed again, which tells its
/// owner nothing that a new login would not.
final class EndedSessions: Sendable {
    private struct State {
        var known: Set<GatewaySession> = []
        var order: [GatewaySession] = []
        var next = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: sessions that are remembered.
    init(limit: Int = 16_384) {
        self.limit = limit
    }

    func insert(_ session: GatewaySession) {
        state.withLock { state in
            guard state.known.insert(session).inserted else { return }
            guard state.order.count == limit else { return state.order.append(session) }
            state.known.remove(state.order[state.next])
            state.order[state.next] = session
            state.next = (state.next + 1) % limit
        }
    }

    func contains(_ session: GatewaySession) -> Bool {
        state.withLock { $0.known.contains(session) }
    }
}
