internal import Community
internal import Dialect
internal import HTTP
internal import JSON

/// Signing up, in and out (contracts/chat.md 3.1).
struct AuthenticationRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/auth/register", endpoints.open(register))
        router.post("/auth/login", endpoints.open(logIn))
        router.post("/auth/refresh", endpoints.refreshing(refresh))
        router.post("/auth/logout", endpoints.signedIn(logOut))
        router.get("/auth/me", endpoints.signedIn(me))
    }

    @Sendable private func register(_ request: HTTPRequest) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let registration = Registration(
            username: form.text("username"), password: form.text("password"), email: form.optionalText("email"),
            displayName: form.optionalText("display_name"), inviteToken: form.optionalText("invite_token"),
            setupCode: form.optionalText("setup_code"))
        try form.check()
        do {
            let login = try await endpoints.community.register(registration, address: endpoints.services.shared.clientAddress(request))
            return .json(authResult(login), status: .created)
        } catch CommunityError.invalidInvitation where registration.setupCode != nil {
            throw ChatError.invalidSetupCode
        }
    }

    @Sendable private func logIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let password = form.text("password")
        let names = [
            form.optionalText("username").map(LoginIdentifier.username), form.optionalText("email").map(LoginIdentifier.email),
            form.optionalText("login").map(LoginIdentifier.either),
        ].compactMap { $0 }
        if names.count != 1 {
            form.refuse("login", code: "BASE_TYPE_REQUIRED", message: "Exactly one of username, email and login is required.")
        }
        try form.check()
        guard let name = names.first else { throw ChatError.invalidJSON }
        return .json(authResult(try await endpoints.community.logIn(name, password: password)))
    }

    @Sendable private func refresh(_ request: HTTPRequest) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let token = form.text("refresh_token")
        try form.check()
        let login = try await endpoints.community.refresh(token)
        return .json(Wire.object { endpoints.tokens.write(login, to: &$0) })
    }

    /// Ends the login of the access token. A refresh token in the body belongs to the same login and ends with it.
    @Sendable private func logOut(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        _ = form.optionalText("refresh_token")
        try form.check()
        try await endpoints.community.endSession(caller.session, of: caller.account.id)
        return HTTPResponse(status: .noContent)
    }

    @Sendable private func me(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(Wire.object { Wire.selfUser(caller.account, status: endpoints.presence.status(caller.account), to: &$0) })
    }

    // MARK: Wire

    private func authResult(_ login: LoginSession) -> [UInt8] {
        Wire.object(capacity: 1_024) { json in
            endpoints.tokens.write(login, to: &json)
            json.key("user")
            json.object { Wire.selfUser(login.account, status: endpoints.presence.status(login.account), to: &$0) }
            json.member("user_id", String(login.account.id.rawValue))
            json.member("username", login.account.username)
        }
    }
}
