internal import HTTP
internal import Observability

/// The metrics of the server. No label holds anything that a client chose.
struct ServerMetrics: Sendable {
    let registry = MetricsRegistry()
    private let requests: Counter
    private let failures: Counter
    private let durations: Histogram
    private let connections: Gauge
    private let upgraded: Gauge
    private let eventStreams: Gauge

    init() {
        requests = registry.counter("roost_http_requests_total", "HTTP requests that have been answered.")
        failures = registry.counter("roost_http_failures_total", "HTTP requests answered with a status of 500 or more.")
        durations = registry.histogram("roost_http_request_seconds", "Time from the head of a request to its answer.")
        upgraded = registry.gauge("roost_websocket_connections", "Open WebSockets, logged in or not.")
        eventStreams = registry.gauge("roost_event_streams", "Open event streams.")
        connections = registry.gauge("roost_http_connections", "Open HTTP connections, without WebSockets and event streams.")
        ProcessMetrics.register(in: registry)
    }

    /// The server's hooks that count.
    ///
    /// Logs name the route rather than the path, which may hold an invite code, and never the query, which may hold a token.
    func hooks(_ logger: Logger, router: Router) -> HTTPServerHooks {
        var hooks = HTTPServerHooks()
        let route: @Sendable (HTTPRequest) -> LogValue = { .text(router.pattern(of: $0) ?? "none") }
        hooks.requestFinished = { request, status, duration in
            requests.increment()
            if status.code >= 500 { failures.increment() }
            durations.observe(duration)
            logger.log(
                .debug, "Request",
                [("method", .text(request.method.rawValue)), ("route", route(request)), ("status", .integer(Int64(status.code)))])
        }
        hooks.handlerFailed = { error, request in
            logger.log(.error, "A request failed", [("route", route(request)), ("reason", .text(String(describing: error)))])
        }
        hooks.connectionsChanged = { connections.add($0) }
        hooks.upgradesChanged = { upgraded.add($0) }
        hooks.endlessChanged = { eventStreams.add($0) }
        return hooks
    }
}
