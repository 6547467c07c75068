internal import HTTP
internal import Observability

/// What supervisors and monitoring ask: `/healthz` (the process answers), `/readyz` (it serves), `/metrics` (Prometheus text).
struct OperationalRoutes {
    let health: Health
    let metrics: MetricsRegistry

    func mount(on router: inout RouteGroup) {
        let alive = HTTPResponse.text("ok\n")
        router.get("/healthz") { _ in alive }
        let health = health
        router.get("/readyz") { _ in
            let state = health.state
            return .text(state.rawValue + "\n", status: state == .ready ? .ok : .serviceUnavailable)
        }
        let metrics = metrics
        router.get("/metrics") { _ in
            .bytes(Array(metrics.rendered().utf8), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
