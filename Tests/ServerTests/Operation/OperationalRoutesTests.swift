import Observability
import Primitives
import Reactor
import Security
import Testing

@testable import HTTP
@testable import Server

/// What supervisors and monitoring ask, and what is counted.
struct OperationalRoutesTests {
    private static let loops = EventLoopGroup(count: 1)

    private let health = Health()
    private let metrics = ServerMetrics()

    private func request(_ target: String, _ fields: [String] = []) throws -> HTTPRequest {
        let lines = ["GET \(target) HTTP/1.1", "Host: roost"] + fields + ["", ""]
        let head = try HeadParser.parse(Array(lines.joined(separator: "\r\n").utf8), limits: HTTPLimits())
        return HTTPRequest(
            head, body: RequestBody(source: .empty, declaredLength: 0), id: 1, peer: try SocketAddress(host: "10.0.0.1", port: 1),
            loop: Self.loops.next())
    }

    private func answer(_ target: String) async throws -> (status: Int, type: String?, text: String) {
        var routes = RouteGroup()
        OperationalRoutes(health: health, metrics: metrics.registry).mount(on: &routes)
        let response = try await Router(routes).respond(to: try request(target))
        guard case .bytes(let bytes) = response.body else { return (response.status.code, response.headers[first: "content-type"], "") }
        return (response.status.code, response.headers[first: "content-type"], String(decoding: bytes, as: UTF8.self))
    }

    /// A supervisor must not kill a server that is starting or draining, a load balancer must not send it anybody.
    @Test func itLivesAllTheTimeAndIsReadyOnlyWhileItServes() async throws {
        #expect(try await answer("/readyz") == (503, "text/plain; charset=utf-8", "starting\n"))
        #expect(try await answer("/healthz").status == 200)
        health.enter(.ready)
        #expect(try await answer("/readyz") == (200, "text/plain; charset=utf-8", "ready\n"))
        health.enter(.draining)
        #expect(try await answer("/readyz") == (503, "text/plain; charset=utf-8", "draining\n"))
        #expect(try await answer("/healthz") == (200, "text/plain; charset=utf-8", "ok\n"))
    }

    @Test func requestsAreCounted() async throws {
        let hooks = metrics.hooks(Logger(level: .error, format: .text, sink: { _ in }), router: Router(RouteGroup()))
        hooks.upgradesChanged(1)
        for difference in [1, 1, 1, -1] { hooks.endlessChanged(difference) }
        hooks.connectionsChanged(1)
        hooks.connectionsChanged(1)
        hooks.connectionsChanged(-1)
        hooks.requestFinished(try request("/secret-path"), .ok, .milliseconds(3))
        hooks.requestFinished(try request("/"), .notFound, .milliseconds(3))
        hooks.requestFinished(try request("/"), .internalServerError, .milliseconds(3))
        let (status, type, text) = try await answer("/metrics")
        #expect(status == 200)
        #expect(type == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            "roost_http_requests_total 3\n", "roost_http_failures_total 1\n", "roost_http_connections 1\n",
            "roost_http_request_seconds_count 3\n", "roost_websocket_connections 1\n", "roost_event_streams 2\n",
        ] {
            #expect(text.contains(line))
        }
        #expect(!text.contains("secret-path"))
    }

    /// The query may carry a token and the path an invite code: the log names the route.
    @Test func theLogOfARequestNamesItsRoute() throws {
        let lines = Lines()
        var routes = RouteGroup()
        routes.get("/invites/:code") { _ in .text("") }
        let hooks = metrics.hooks(Logger(level: .debug, format: .text, sink: { lines.add($0) }), router: Router(routes))
        hooks.requestFinished(try request("/invites/hush?token=hush"), .ok, .zero)
        hooks.requestFinished(try request("/hush?token=hush"), .notFound, .zero)
        hooks.handlerFailed(DataFolder.Failure(path: "p", reason: "r"), try request("/invites/hush"))
        #expect(lines.all.count == 3)
        #expect(lines.all[0].contains("route=/invites/:code status=200"))
        #expect(lines.all[1].contains("route=none"))
        #expect(lines.all[2].contains("route=/invites/:code"))
        #expect(!lines.all.joined().contains("hush"))
    }

    /// `server.trusted_proxies`: all X-Forwarded-For fields are one list, in their order.
    @Test func theClientBehindAProxyIsFoundInTheFields() throws {
        let request = try request("/", ["X-Forwarded-For: 203.0.113.9, 198.51.100.7", "x-forwarded-for: 10.0.0.2"])
        #expect(ClientAddress(trustedProxies: [])(request) == "10.0.0.1")
        let range = try #require(AddressRange("10.0.0.0/8"))
        #expect(ClientAddress(trustedProxies: [range])(request) == "198.51.100.7")
    }
}
