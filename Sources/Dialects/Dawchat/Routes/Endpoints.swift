internal import Community
internal import Dialect
internal import HTTP
internal import Reactor
internal import Storage

/// What every route of the Dawchat API does around its own work: who asks, how often, and how failures are answered.
struct Endpoints: Sendable {
    let services: DialectServices
    let settings: DawchatSettings

    var community: Community { services.community }

    /// A route for everybody, counted by address: it tries a password or an invite.
    func open(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            _ = try services.limits.countSignIn(from: services.clientAddress(request))
            return try await handler(request)
        }
    }

    /// A route for those who are logged in. The body is not looked at before that is known (contracts/dawchat.md 1).
    func signedIn(_ handler: @escaping @Sendable (HTTPRequest, ActiveSession) async throws -> HTTPResponse) -> Handler {
        answering { request in
            guard let session = try await session(of: request) else { return unauthorized(request) }
            _ = try services.limits.countRequest(of: session.account.id)
            return try await handler(request, session)
        }
    }

    /// Answers failures in the shape of the API.
    private func answering(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        { request in
            do {
                return try await handler(request)
            } catch {
                let problem = Problem(for: error)
                if problem.kind.status == .internalServerError || error is DatabaseError { services.reportFailure(error) }
                return problem.response
            }
        }
    }

    // MARK: Who asks

    private func session(of request: HTTPRequest) async throws -> ActiveSession? {
        let cookies = request.cookies
        // A cookie counts before a bearer token, also one that is no good.
        let text = cookies.contains(SessionCookie.name) ? cookies[SessionCookie.name] : request.bearerToken
        guard let token = text.flatMap({ SessionCookie.token($0) }), let session = try await community.session(token: token) else {
            return nil
        }
        if session.isUseDue { note(session, on: request) }
        return session
    }

    /// Nobody waits for it, and when it fails the next request will try again.
    private func note(_ session: ActiveSession, on request: HTTPRequest) {
        let community = community
        request.loop.start { try? await community.noteUse(of: session.id) }
    }

    /// A cookie that is good for nothing is taken away.
    private func unauthorized(_ request: HTTPRequest) -> HTTPResponse {
        var response = Problem(.unauthorized).response
        if request.cookies.contains(SessionCookie.name) {
            try? response.headers.add(SessionCookie.clearing(isSecure: settings.isSecure))
        } else {
            response.headers.set("WWW-Authenticate", "Bearer")
        }
        return response
    }
}
