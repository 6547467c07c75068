internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Primitives

/// Signing in, and the tokens for it (contracts/gale.md 4).
struct AuthRoutes {
    /// Bytes of a body of JSON.
    private static let bodyLimit = 16_384
    /// Where Discord sends people back, at whichever mount they began: one address suffices.
    static let callbackPath = "/auth/callback"

    let endpoints: Endpoints
    let discord: DiscordClient?

    func mount(on router: inout RouteGroup) {
        router.get("/login", endpoints.beginning(logIn))
        router.get("/callback", endpoints.trying(callback))
        router.get("/me", endpoints.signedIn(me))
        router.post("/token", endpoints.refreshing(refresh))
        router.get("/openapi.yaml", APIDocument.gale.handler)
    }

    /// 4.1: the way to Discord, or to the page of this server.
    @Sendable private func logIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        let target = endpoints.flavour.isDesktop ? SignInTarget.link : endpoints.settings.target
        let state = try await endpoints.community.beginSignIn(to: target)
        let location =
            discord?.authorizationURL(callback: callbackURL, state: state)
            ?? "\(endpoints.flavour.prefix)\(SignInRoutes.path)?\(FormEncoding.text([("state", state)]))"
        var response = HTTPResponse.redirect(to: location, status: .found)
        var cookie = SetCookie(SignIn.cookie, state)
        cookie.isSecure = endpoints.settings.origin.scheme == "https"
        cookie.maximumAge = Int(Limits.signInFlowSeconds)
        try response.headers.add(cookie)
        return response
    }

    /// 4.2: where Discord sends people back.
    @Sendable private func callback(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let discord else { throw Failure.notFound }
        guard let code = request.query[first: "code"], let state = request.query[first: "state"], !code.isEmpty else {
            throw Failure(.badRequest, "Missing code or state.")
        }
        // Used up before anything else happens: it is good once.
        guard SignIn.cookieFits(state, request), let target = try await endpoints.community.endSignIn(state) else {
            throw Failure.forbidden
        }
        let identity = try await discord.identity(code: code, callback: callbackURL)
        return try await SignIn(endpoints: endpoints).arrival(try await endpoints.community.logIn(identity), at: target)
    }

    /// 4.3
    @Sendable private func me(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> HTTPResponse {
        let owner = try await endpoints.community.profileOwner(caller.account)
        var response = HTTPResponse.json(
            Wire.object { Wire.user(owner, hasTextIDs: endpoints.flavour.hasTextIDs(for: request), to: &$0) })
        response.headers.add("Vary", "User-Agent")
        return response
    }

    /// 4.4: any media type, as long as it is JSON.
    @Sendable private func refresh(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try JSONValue.parse(try await request.body.collect(upTo: Self.bodyLimit))
        guard let token = try? body.object().required("refreshToken").string() else {
            throw Failure(.badRequest, "refreshToken is missing.")
        }
        let login = try await endpoints.community.refresh(token, terms: SignIn.terms, endsCopied: false)
        let access = try await SignIn(endpoints: endpoints).accessToken(of: login)
        return .json(
            Wire.object { json in
                json.member("accessToken", access)
                json.member("refreshToken", login.token)
            })
    }

    private var callbackURL: String { endpoints.settings.origin.text + Self.callbackPath }
}
