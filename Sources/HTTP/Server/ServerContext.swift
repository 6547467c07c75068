internal import Reactor
internal import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let router: Router
    let limits: HTTPLimits
    let hooks: HTTPServerHooks
    private let perLoop: [LoopBound<LoopConnections>]
    private let connectionCount = Atomic(0)

    init(router: Router, limits: HTTPLimits, hooks: HTTPServerHooks, group: EventLoopGroup) {
        self.router = router
        self.limits = limits
        self.hooks = hooks
        perLoop = group.loops.map { LoopBound(LoopConnections(), loop: $0) }
    }

    var loops: [LoopBound<LoopConnections>] { perLoop }

    /// The connections of a loop. On that loop only.
    func connections(of loop: EventLoop) -> LoopConnections {
        perLoop[loop.index].value
    }

    /// Counts a new connection; false when there are as many as there may be.
    func enter() -> Bool {
        let count = connectionCount.add(1, ordering: .relaxed).newValue
        hooks.connectionsChanged(1)
        return count <= limits.connections
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
            return .text(error.message + "\n", status: error.status)
        } catch {
            hooks.handlerFailed(error, request)
            return .text("Something went wrong.\n", status: .internalServerError)
        }
    }
}

/// The connections of one loop, and what they share there.
final class LoopConnections {
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    /// Whether the server is going down: no connection serves another request.
    private(set) var isDraining = false
    let date = DateField()

    func add(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    func drain() {
        isDraining = true
        for connection in connections.values { connection.drain() }
    }

    func cut() {
        for connection in connections.values { connection.cut() }
    }
}
