internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives

/// The server itself (contracts/reileta.md 2.1).
struct ServerRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/server", endpoints.route(.server, elsewhere: .find, server))
        router.get("/server@:address", endpoints.route(.server, elsewhere: .find, server))
        router.get("/server@", endpoints.route(.server) { _ in throw Failure(.serverInvalidInput, "The address is missing.") })
        router.post("/server", endpoints.route(.server, update))
        router.get("/time", endpoints.route(.server) { context in context.answer { $0.value(context.now.wireMilliseconds) } })
        router.get("/teapot", endpoints.route(.server) { _ in throw Failure(.teapot) })
    }

    @Sendable private func server(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let agent = context.request.headers[first: "user-agent"] ?? ""
        return context.answer { context.wire.server(expectsSocketIO: Self.expectsSocketIO(agent), to: &$0) }
    }

    /// Clients of the first days: `AVR/<version> (Client;<platform>)` (4.1).
    static func expectsSocketIO(_ agent: String) -> Bool {
        agent.hasPrefix("AVR/") && agent.contains("(Client;")
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        var form = try await context.form()
        var changes = RegistryServerChanges()
        changes.title = form.text("title")
        changes.description = form.change("description")
        changes.iconURL = form.change("icon")
        changes.isSecure = form.flag("secure")
        if let address = form.text("address") {
            changes.address = PeerAddress.normalized(address)
            if changes.address == nil { form.refuse("address", "Must be a host, with a port if it has one.") }
        }
        try form.check(.serverInvalidInput)
        endpoints.identity.update(try await endpoints.community.updateRegistryServer(changes, by: caller.account.id))
        return context.answer { context.wire.server(to: &$0) }
    }
}
