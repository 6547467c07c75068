public import Reactor

/// Serves HTTP/1.1 on one address with every loop of a group.
public final class HTTPServer: Sendable {
    /// The address in use, with the port the system chose when 0 was asked for.
    public var address: SocketAddress { listener.address }

    private let listener: Listener
    private let context: ServerContext

    private init(listener: Listener, context: ServerContext) {
        self.listener = listener
        self.context = context
    }

    /// Begins to serve.
    ///
    /// - Throws: `Listener.Failure` when the address cannot be had.
    public static func start(
        on address: SocketAddress, group: EventLoopGroup, router: Router, limits: HTTPLimits = HTTPLimits(),
        hooks: HTTPServerHooks = HTTPServerHooks()
    ) async throws -> HTTPServer {
        let context = ServerContext(router: router, limits: limits, hooks: hooks, group: group)
        let listener = try await Listener.listen(on: address, group: group) { stream in
            HTTPConnection(stream: stream, context: context).start()
        }
        return HTTPServer(listener: listener, context: context)
    }

    /// Connections that are open, those that speak another protocol now or carry an endless body not counted.
    public var connectionCount: Int { context.count }

    /// Accepts nothing more, closes idle connections, and lets the requests that have begun end: their answers say `Connection: close`.
    /// What lasts longer than `deadline` is cut. Returns when all connections have ended that are still HTTP's: upgraded ones and endless bodies
    /// are ended by who has them.
    public func drain(deadline: Duration) async {
        await listener.stop()
        for connections in context.loops {
            connections.loop.execute { connections.value.drain() }
        }
        await waitForEnd(atMost: deadline)
        for connections in context.loops {
            connections.loop.execute { connections.value.cut() }
        }
        // Closing takes a tick of each loop; the limit is for loops that have been stopped already.
        await waitForEnd(atMost: .seconds(1))
    }

    private func waitForEnd(atMost limit: Duration) async {
        let end = ContinuousClock.now + limit
        while context.count > 0, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
