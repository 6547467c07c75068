internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// Logging in, registering and logging out (contracts/reileta.md 2.2).
struct AuthRoutes {
    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        router.post("/auth/login", endpoints.trying(.authentication, logIn))
        router.post("/auth/register", endpoints.trying(.authentication, register))
        router.get("/auth/logout", endpoints.route(.authentication, logOut))
        router.post("/auth/logout", endpoints.route(.authentication, logOut))
        router.delete("/auth/logout", endpoints.route(.authentication, delete))
        // Another API has paths below this one, and would answer.
        for path in ["/auth/login", "/auth/register", "/auth/logout"] {
            router.on(.options, path) { _ in HTTPResponse(status: .noContent) }
        }
    }

    /// An unknown user and a wrong password are answered alike, so that nobody finds out who has an account.
    @Sendable private func logIn(_ context: Endpoints.Context) async throws -> HTTPResponse {
        guard context.caller == nil else { throw Failure(.userAlreadyConnected) }
        var form = try await context.form()
        let name = form.required("username", "identifier", "identity")
        let password = form.required("password")
        try form.check(.authInvalidInput)
        let login = try await endpoints.community.logIn(
            .either(name), PasswordSecret(password), terms: endpoints.community.registryTerms, tag: AccountTag.logIn)
        return try await arrival(login, context)
    }

    @Sendable private func register(_ context: Endpoints.Context) async throws -> HTTPResponse {
        guard context.caller == nil else { throw Failure(.userAlreadyConnected) }
        var form = try await context.form()
        var registration = Registration(username: form.required("username"), password: form.required("password"), rules: .registry)
        registration.displayName = form.text("display", "displayname")
        registration.email = form.text("email")
        registration.inviteToken = form.text("invite_token")
        registration.setupCode = form.text("setup_code")
        try form.check(.authInvalidInput)
        // The server's own name.
        if registration.username.lowercased() == "root" { throw Failure(.authInvalidLogin, "The username is taken.") }
        if case .digest(let digest) = PasswordSecret(registration.password) { registration.passwordDigest = digest }
        let login = try await endpoints.community.register(
            registration, terms: endpoints.community.registryTerms, address: endpoints.services.shared.clientAddress(context.request))
        guard
            try await endpoints.community.registryUser(.id(login.account.id)).may(AccountTag.logIn, endpoints.community.settings)
        else {
            // The account is made all the same.
            try await endpoints.community.endSession(login.sessionID, of: login.account.id)
            throw Failure(.userDontHavePermission, "This needs \(AccountTag.logIn).")
        }
        return try await arrival(login, context)
    }

    private func arrival(_ login: LoginSession, _ context: Endpoints.Context) async throws -> HTTPResponse {
        let user = try await users.own(login.account.id, through: context.wire)
        var response = context.answer { json in
            json.object { json in
                json.member("id", endpoints.identity.identifiers.text(.session, login.sessionID.rawValue))
                json.member("token", login.token)
                json.member("created_at", context.now.wireMilliseconds)
                json.member("expires", login.expiresAt.wireMilliseconds)
                json.key("user")
                user(&json)
            }
        }
        var cookie = SetCookie(Endpoints.cookie, login.token)
        cookie.isSecure = endpoints.identity.isSecure
        cookie.sameSite = .strict
        cookie.maximumAge = Int(endpoints.community.registryTerms.lifetime)
        try response.headers.add(cookie)
        return response
    }

    @Sendable private func logOut(_ context: Endpoints.Context) async throws -> HTTPResponse {
        try await end(try context.required(), context, answer: "LOGOUT")
    }

    /// The contract's text says the session; the first server deleted the account.
    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        if endpoints.settings.deletesAccountAtLogout {
            try await endpoints.community.deleteRegistryUser(caller.account.id, by: caller.account.id)
        }
        return try await end(caller, context, answer: "DELETED")
    }

    private func end(_ caller: ActiveSession, _ context: Endpoints.Context, answer: String) async throws -> HTTPResponse {
        try await endpoints.community.endSession(caller.id, of: caller.account.id)
        var response = context.answer { $0.value(answer) }
        var cookie = SetCookie.removing(Endpoints.cookie)
        cookie.isSecure = endpoints.identity.isSecure
        cookie.sameSite = .strict
        try response.headers.add(cookie)
        return response
    }
}
