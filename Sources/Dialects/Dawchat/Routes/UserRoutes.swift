internal import Community
internal import Dialect
internal import HTTP

/// Accounts and sessions (contracts/dawchat.md 2, rows 1 to 4 and 10).
struct UserRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/create", endpoints.open(create))
        router.post("/login", endpoints.open(logIn))
        router.post("/logout", endpoints.signedIn(logOut))
        router.get("/info", endpoints.signedIn(info))
        router.get("/channels", endpoints.signedIn(channels))
    }

    /// The invite may be the setup code: then the account administers the server (1.6).
    @Sendable private func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let registration = Registration(
            username: try form.text("username"), password: try form.text("password"), inviteToken: try form.text("inviteToken"),
            rules: .free, alwaysNeedsInvite: true)
        guard registration.password.unicodeScalars.count <= Limits.freePassword.upperBound else {
            throw Problem.invalid("password: has at most \(Limits.freePassword.upperBound) characters.")
        }
        let account = try await endpoints.community.createAccount(registration, address: endpoints.services.clientAddress(request))
        return .json(Wire.object { Wire.user(account, to: &$0) }, status: .created)
    }

    @Sendable private func logIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let (username, password) = (try form.text("username"), try form.text("password"))
        let terms = SessionTerms(
            kind: .cookie, lifetime: endpoints.settings.sessionSeconds, limit: endpoints.settings.sessionsPerUser)
        let login = try await endpoints.community.logIn(.exactUsername(username), password: password, terms: terms)
        var response = HTTPResponse.json(Wire.object { Wire.user(login.account, to: &$0) })
        try response.headers.add(
            SessionCookie.setting(
                login.token, lifetime: terms.lifetime, expiresAt: login.expiresAt, isSecure: endpoints.settings.isSecure))
        return response
    }

    /// Ends this session; others of the user go on.
    @Sendable private func logOut(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        try await endpoints.community.endSession(session.id, of: session.account.id)
        var response = HTTPResponse()
        try response.headers.add(SessionCookie.clearing(isSecure: endpoints.settings.isSecure))
        return response
    }

    @Sendable private func info(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        .json(Wire.object { Wire.user(session.account, to: &$0) })
    }

    @Sendable private func channels(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let memberships = try await endpoints.community.memberships(of: session.account.id)
        return .json(Wire.list("channels", memberships) { Wire.userChannel($0, to: &$1) })
    }
}
