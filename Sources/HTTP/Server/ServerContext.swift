internal import Reactor
internal import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let router: Router
    let limits: HTTPLimits
    let hooks: HTTPServerHooks
    private let perLoop: [LoopBound<LoopConnections>]
    private let connectionCount = Atomic(0)
    private let releasedCount = Atomic(0)

    init(router: Router, limits: HTTPLimits, hooks: HTTPServerHooks, group: EventLoopGroup) {
        self.router = router
        self.limits = limits
        self.hooks = hooks
        perLoop = group.loops.map { LoopBound(LoopConnections(loopIndex: $0.index), loop: $0) }
    }

    var loops: [LoopBound<LoopConnections>] { perLoop }

    /// The connections of a loop. On that loop only.
    func connections(of loop: EventLoop) -> LoopConnections {
        perLoop[loop.index].value
    }

    /// What becomes of a new connection.
    enum Admission {
        case served
        /// There are as many as there may be; it is told so.
        case refused
        /// So many are being told so already that this one is only closed: each takes a file until it has read its answer.
        case cut
    }

    /// Counts a new connection.
    func enter() -> Admission {
        let count = connectionCount.add(1, ordering: .relaxed).newValue
        hooks.connectionsChanged(1)
        let surplus = count + releasedCount.load(ordering: .relaxed) - limits.connections
        return surplus <= 0 ? .served : surplus <= limits.refusedConnections ? .refused : .cut
    }

    /// What a stream is for that has no connection object any more.
    enum Release {
        case upgrade
        case endlessBody
    }

    /// A stream goes on without its connection. It is still one of those that may be open.
    func release(for use: Release) {
        releasedCount.add(1, ordering: .relaxed)
        tell(1, of: use)
        leave()
    }

    /// Such a stream has ended.
    func releasedHasEnded(_ use: Release) {
        releasedCount.subtract(1, ordering: .relaxed)
        tell(-1, of: use)
    }

    private func tell(_ difference: Int, of use: Release) {
        switch use {
        case .upgrade: hooks.upgradesChanged(difference)
        case .endlessBody: hooks.endlessChanged(difference)
        }
    }

    func leave() {
        connectionCount.subtract(1, ordering: .relaxed)
        hooks.connectionsChanged(-1)
    }

    var count: Int { connectionCount.load(ordering: .relaxed) }

    /// Answers a request; whatever fails becomes an answer too.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await router.respond(to: request)
        } catch let error as HTTPError {
            return hooks.errorResponse(error, request.path)
        } catch {
            report(error, request)
            return hooks.errorResponse(.handlerFailed, request.path)
        }
    }

    /// Tells of a failure, unless it only is that the client has gone.
    func report(_ error: any Error, _ request: HTTPRequest) {
        if error is CancellationError, Task.isCancelled { return }
        if let error = error as? HTTPError, error == .disconnected { return }
        hooks.handlerFailed(error, request)
    }
}
