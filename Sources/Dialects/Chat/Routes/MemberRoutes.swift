internal import Community
internal import HTTP

/// The members of a server (contracts/chat.md 3.2).
struct MemberRoutes {
    static let defaultPage = 100

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/servers/:server_id/members", endpoints.signedIn(list))
        router.post("/servers/:server_id/members", endpoints.signedIn(add))
        router.patch("/servers/:server_id/members/:user_id", endpoints.signedIn(update))
        router.delete("/servers/:server_id/members/:user_id", endpoints.signedIn(remove))
    }

    @Sendable private func list(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let query = PageQuery(request.query)
        let limit = try query.limit(upTo: Limits.memberPage.upperBound) ?? Self.defaultPage
        let after = try query.identifier("after").map { AccountID($0) }
        let members = try await endpoints.community.members(of: request.spaceID, for: caller.account.id, after: after, limit: limit)
        return .json(Wire.list(members) { Wire.member($0, status: endpoints.presence.status, to: &$1) })
    }

    @Sendable private func add(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let names = [
            form.optionalIdentifier("user_id").map { MemberName.account(AccountID($0)) },
            form.optionalText("username").map { MemberName.username($0) },
        ].compactMap { $0 }
        if names.count != 1 {
            form.refuse("user_id", code: "BASE_TYPE_REQUIRED", message: "Exactly one of user_id and username is required.")
        }
        try form.check()
        guard let name = names.first else { throw ChatError.invalidJSON }
        return .json(object(try await endpoints.community.addMember(name, to: request.spaceID, by: caller.account.id)), status: .created)
    }

    @Sendable private func update(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let nickname = form.change("nickname")
        let role = form.changedText("role")
        if let role, MemberRole(rawValue: role) == nil {
            form.refuse("role", code: "BASE_TYPE_CHOICES", message: "Must be admin or member.")
        }
        try form.check()
        let member = try await endpoints.community.updateMember(
            try memberID(request, caller), of: request.spaceID, by: caller.account.id, role: role.flatMap { MemberRole(rawValue: $0) },
            nickname: nickname)
        return .json(object(member))
    }

    /// Leaves, or removes somebody else.
    @Sendable private func remove(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await endpoints.community.removeMember(try memberID(request, caller), from: request.spaceID, by: caller.account.id)
        return HTTPResponse(status: .noContent)
    }

    /// An id that is none of ours is nobody's: only after the server has been looked at is that worth an answer.
    private func memberID(_ request: HTTPRequest, _ caller: Caller) throws -> AccountID {
        request.accountID(for: caller) ?? AccountID(0)
    }

    private func object(_ member: Member) -> [UInt8] {
        Wire.object { Wire.member(member, status: endpoints.presence.status, to: &$0) }
    }
}
