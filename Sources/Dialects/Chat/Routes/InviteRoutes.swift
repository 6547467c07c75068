internal import Community
internal import HTTP
internal import JSON

/// How people come to servers (contracts/chat.md 3.2).
struct InviteRoutes {
    /// Seven days, in seconds: how long an invite is good when its maker does not say.
    static let defaultAge = 604_800

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/servers/:server_id/invites", endpoints.signedIn(create))
        router.get("/invites/:code", endpoints.signedIn(read))
        router.post("/invites/:code", endpoints.signedIn(accept))
    }

    @Sendable private func create(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        let age = form.optionalInteger("max_age") ?? Self.defaultAge
        let uses = form.optionalInteger("max_uses") ?? 0
        try form.check()
        let invite = try await endpoints.community.createInvite(
            space: request.spaceID, by: caller.account.id, maximumAge: age, maximumUses: uses)
        return .json(Wire.object { Wire.invite(invite, to: &$0) }, status: .created)
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let (invite, space) = try await endpoints.community.invite(request.parameters["code"] ?? "")
        return .json(
            Wire.object { json in
                json.member("code", invite.code)
                json.key("server")
                json.object { Wire.server(space, to: &$0) }
            })
    }

    @Sendable private func accept(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        _ = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        let detail = try await endpoints.community.acceptInvite(request.parameters["code"] ?? "", by: caller.account.id)
        return .json(Wire.object(capacity: 2_048) { Wire.serverDetail(detail, status: endpoints.presence.status, to: &$0) })
    }
}
