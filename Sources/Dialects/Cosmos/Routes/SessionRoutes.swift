internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON

/// Local sessions, operators, and proofs of whose server this is (contracts/cosmos.md 3.6, 4).
struct SessionRoutes {
    let endpoints: Endpoints

    func mountSessions(on router: inout RouteGroup) {
        router.post("", endpoints.identified(isForServers: false, open))
        router.delete("", endpoints.identified(isForServers: false, close))
    }

    func mountOperators(on router: inout RouteGroup) {
        router.post("/claim", endpoints.identified(isForServers: false, claim))
        router.post("/challenges", endpoints.identified(isForServers: false, challenge))
    }

    @Sendable private func open(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let identity: VerifiedIdentity? =
            switch call.caller {
            case .newcomer(let identity): identity
            case .user(let user): user.identity
            case .anonymous, .refused, .metadata: nil
            }
        guard let identity else { throw Problem(.unauthenticated, "A session is opened with an identity token.") }
        let session = try await endpoints.community.openCosmosSession(
            for: CosmosIdentity(identity), galaxies: identity.galaxies, spending: endpoints.federation.use(of: identity).spend)
        return .json(
            Wire.object { json in
                json.member("token", SessionToken.prefix + session.token)
                Wire.time("expiresAt", session.expiresAt, to: &json)
                json.member("userId", identity.subject)
            })
    }

    @Sendable private func close(_ call: Endpoints.Call) async throws -> HTTPResponse {
        guard case .user(let user) = call.caller, let session = user.session else {
            throw Problem(.unauthenticated, "There is no session to end.")
        }
        try await endpoints.community.endCosmosSession(session.id, of: user.account.id)
        return HTTPResponse(status: .noContent)
    }

    @Sendable private func claim(_ call: Endpoints.Call) async throws -> HTTPResponse {
        var form = try await endpoints.form(call)
        let code = form.text("code")
        try form.finish()
        let address = endpoints.services.shared.clientAddress(call.request)
        let userID: String
        switch call.caller {
        case .user(let user):
            userID = user.userID
            try await endpoints.community.claimOperator(code: code, for: user.account.id, address: address)
        case .newcomer(let identity):
            userID = identity.subject
            try await endpoints.community.claimOperator(code: code, for: CosmosIdentity(identity), address: address)
        case .anonymous, .refused, .metadata: throw Problem(.unauthenticated)
        }
        return .json(Wire.object { $0.member("userId", userID) })
    }

    @Sendable private func challenge(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let userID =
            switch call.caller {
            case .user(let user): user.userID
            case .newcomer(let identity): identity.subject
            case .anonymous, .refused, .metadata: throw Problem(.unauthenticated)
            }
        guard try await endpoints.community.isOperator(userID) else { throw CommunityError.notOperator }
        var form = try await endpoints.form(call)
        let token = form.text("token")
        try form.finish()
        try await endpoints.community.registerChallenge(token)
        return HTTPResponse(status: .noContent)
    }
}
