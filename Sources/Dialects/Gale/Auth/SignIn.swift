internal import Community
internal import Dialect
internal import HTTP
internal import Primitives
internal import Security

/// The end of signing in: tokens, and the way back to the program that has asked (contracts/gale.md 4.2).
struct SignIn {
    /// The second check of who comes back, for browsers that keep it.
    static let cookie = "state"
    /// Where the program listens that has no link of its own.
    private static let localAddress = "http://localhost:22942/"
    /// The link that the program has registered.
    private static let link = "gale://auth/callback"
    /// What a login of this API is.
    static let terms = CommunitySettings().profileTerms

    let endpoints: Endpoints

    /// Whether the cookie, if there is one, belongs to what has come back.
    static func cookieFits(_ state: String, _ request: HTTPRequest) -> Bool {
        let cookies = request.cookies
        return !cookies.contains(cookie) || cookies[cookie].map { $0.utf8.elementsEqual(state.utf8) } ?? false
    }

    /// An access token of a login, with what the person is called now.
    func accessToken(of login: LoginSession) async throws -> String {
        endpoints.tokens.sign(
            try await endpoints.community.profileOwner(login.account.id), session: login.sessionID, at: endpoints.services.shared.clock())
    }

    /// Brings somebody back who has signed in.
    func arrival(_ login: LoginSession, at target: SignInTarget) async throws -> HTTPResponse {
        let query = FormEncoding.text([("access_token", try await accessToken(of: login)), ("refresh_token", login.token)])
        var response: HTTPResponse =
            switch target {
            case .local: .redirect(to: "\(Self.localAddress)?\(query)", status: .found)
            case .link:
                Page.opening(
                    "\(Self.link)?\(query)", title: "Signed in",
                    text: "You are signed in. Gale should open by itself; if it does not, use the link.")
            }
        // Tokens stand in the address: nobody else shall hear of it.
        response.headers.set("Referrer-Policy", "no-referrer")
        var cookie = SetCookie.removing(Self.cookie)
        cookie.isSecure = endpoints.settings.origin.scheme == "https"
        try response.headers.add(cookie)
        return response
    }
}
