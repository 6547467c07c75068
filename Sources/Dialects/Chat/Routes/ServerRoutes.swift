internal import Community
internal import HTTP
internal import JSON

/// Servers (contracts/chat.md 3.2).
struct ServerRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/servers", endpoints.signedIn(list))
        router.post("/servers", endpoints.signedIn(create))
        router.get("/servers/:server_id", endpoints.signedIn(read))
        router.patch("/servers/:server_id", endpoints.signedIn(update))
        router.delete("/servers/:server_id", endpoints.signedIn(delete))
    }

    @Sendable private func list(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let spaces = try await endpoints.community.spaces(of: caller.account.id)
        return .json(Wire.list(spaces) { Wire.server($0, to: &$1) })
    }

    @Sendable private func create(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let name = form.text("name")
        let description = form.optionalText("description")
        let icon = form.optionalText("icon_url")
        try form.check()
        let detail = try await endpoints.community.createSpace(by: caller.account.id, name: name, description: description, iconURL: icon)
        return .json(self.detail(detail), status: .created)
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(detail(try await endpoints.community.spaceDetail(request.spaceID, for: caller.account.id)))
    }

    @Sendable private func update(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let changes = SpaceChanges(
            name: form.changedText("name"), description: form.change("description"), iconURL: form.change("icon_url"),
            ownerID: form.optionalIdentifier("owner_id").map { AccountID($0) })
        try form.check()
        let space = try await endpoints.community.updateSpace(request.spaceID, by: caller.account.id, changes)
        return .json(Wire.object { Wire.server(space, to: &$0) })
    }

    @Sendable private func delete(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await endpoints.community.deleteSpace(request.spaceID, by: caller.account.id)
        return HTTPResponse(status: .noContent)
    }

    private func detail(_ detail: SpaceDetail) -> [UInt8] {
        Wire.object(capacity: 2_048) { Wire.serverDetail(detail, status: endpoints.presence.status, to: &$0) }
    }
}
