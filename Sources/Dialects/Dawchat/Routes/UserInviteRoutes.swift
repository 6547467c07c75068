internal import Community
internal import HTTP

/// Invitations to the server (contracts/dawchat.md 2, rows 5 to 7).
struct UserInviteRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/invites", endpoints.signedIn(list))
        router.post("/invites/create", endpoints.signedIn(create))
        router.post("/invites/remove", endpoints.signedIn(remove))
    }

    @Sendable private func list(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let invites = try await endpoints.community.accountInvites(by: session.account.id)
        return .json(Wire.list("invites", invites) { Wire.userInvite($0, to: &$1) })
    }

    /// A body is not looked at: there is nothing to say.
    @Sendable private func create(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let invite = try await endpoints.community.createAccountInvite(by: session.account.id)
        return .json(Wire.object { Wire.userInvite(invite, to: &$0) }, status: .created)
    }

    @Sendable private func remove(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        try await endpoints.community.removeAccountInvites(try form.texts("toRemove"), by: session.account.id)
        return HTTPResponse()
    }
}
