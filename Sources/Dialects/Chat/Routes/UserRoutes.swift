internal import Community
internal import HTTP

/// What signed-in people see of each other (contracts/chat.md 3.5).
struct UserRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/users/:user_id", endpoints.signedIn(read))
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let name = request.parameters["user_id"] ?? ""
        if name == "@me" {
            return .json(Wire.object { Wire.selfUser(caller.account, status: endpoints.presence.status(caller.account), to: &$0) })
        }
        guard let id = ChatIdentifier.parse(name) else { throw CommunityError.unknownAccount }
        let account = try await endpoints.community.account(AccountID(id))
        return .json(Wire.object { Wire.user(account, status: endpoints.presence.status(account), to: &$0) })
    }
}
