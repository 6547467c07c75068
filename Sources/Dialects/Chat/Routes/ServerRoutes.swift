internal import Community
internal import HTTP
internal import JSON

/// Servers, and how people come to them (contracts/chat.md 3.2).
struct ServerRoutes {
    /// Seven days, in seconds: how long an invite is good when its maker does not say.
    static let defaultInviteAge = 604_800

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/servers", endpoints.signedIn(list))
        router.post("/servers", endpoints.signedIn(create))
        router.get("/servers/:server_id", endpoints.signedIn(read))
        router.post("/servers/:server_id/invites", endpoints.signedIn(createInvite))
        router.get("/invites/:code", endpoints.signedIn(readInvite))
        router.post("/invites/:code", endpoints.signedIn(acceptInvite))
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

    @Sendable private func createInvite(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        let age = form.optionalInteger("max_age") ?? Self.defaultInviteAge
        let uses = form.optionalInteger("max_uses") ?? 0
        try form.check()
        let invite = try await endpoints.community.createInvite(
            space: request.spaceID, by: caller.account.id, maximumAge: age, maximumUses: uses)
        return .json(Wire.object { Wire.invite(invite, to: &$0) }, status: .created)
    }

    @Sendable private func readInvite(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let (invite, space) = try await endpoints.community.invite(request.parameters["code"] ?? "")
        return .json(
            Wire.object { json in
                json.member("code", invite.code)
                json.key("server")
                json.object { Wire.server(space, to: &$0) }
            })
    }

    @Sendable private func acceptInvite(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        _ = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        return .json(detail(try await endpoints.community.acceptInvite(request.parameters["code"] ?? "", by: caller.account.id)))
    }

    private func detail(_ detail: SpaceDetail) -> [UInt8] {
        Wire.object(capacity: 2_048) { Wire.serverDetail(detail, status: endpoints.presence.status, to: &$0) }
    }
}
