internal import Community
internal import HTTP

/// The page on which people sign in with a password of this server, where Discord does not vouch for them (contracts/gale.md 4.1).
struct SignInRoutes {
    /// Where it stands below a mount.
    static let path = "/auth/sign-in"
    /// Bytes of the form.
    private static let formLimit = 16_384

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/sign-in", endpoints.open(show))
        router.post("/sign-in", endpoints.trying(signIn))
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let state = request.query[first: "state"], try await endpoints.community.isSigningIn(state) else { return expired }
        return page(state: state)
    }

    @Sendable private func signIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = QueryParameters(try await request.body.collect(upTo: Self.formLimit))
        let state = form[first: "state"] ?? ""
        guard SignIn.cookieFits(state, request), try await endpoints.community.isSigningIn(state) else { return expired }
        let name = form[first: "username"] ?? ""
        let login: LoginSession
        do {
            login = try await endpoints.community.logIn(.either(name), password: form[first: "password"] ?? "", terms: SignIn.terms)
        } catch CommunityError.invalidCredentials {
            return page(state: state, username: name, problem: "The username or the password is wrong.", status: .forbidden)
        }
        // Whoever sends the form twice is brought back once.
        guard let target = try await endpoints.community.endSignIn(state) else {
            try await endpoints.community.endSession(login.sessionID, of: login.account.id)
            return expired
        }
        return try await SignIn(endpoints: endpoints).arrival(login, at: target)
    }

    // MARK: Pages

    private func page(state: String, username: String = "", problem: String? = nil, status: HTTPStatus = .ok) -> HTTPResponse {
        let alert = problem.map { "<p role=\"alert\">\(Page.escape($0))</p>\n" } ?? ""
        return Page.page(
            title: "Sign in to \(endpoints.settings.serverName)",
            body: """
                \(alert)<form method="post" action="\(Page.escape(endpoints.flavour.prefix + Self.path))">
                <input type="hidden" name="state" value="\(Page.escape(state))">
                <label>Username <input name="username" value="\(Page.escape(username))" autocomplete="username" required autofocus></label>
                <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
                <button>Sign in</button>
                </form>
                """,
            // The answer to the form leads to the program on the same machine.
            policy: "form-action 'self' http://localhost:22942", status: status)
    }

    private var expired: HTTPResponse {
        Page.page(
            title: "Too late", body: "<p>This sign-in was used or took too long. Start again from the program.</p>",
            policy: "form-action 'none'", status: .forbidden)
    }
}
