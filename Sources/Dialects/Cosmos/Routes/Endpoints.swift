internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import Primitives
internal import Reactor
internal import Security
internal import Storage

/// What every route of the Cosmos API does around its own work: versions, who asks, how often, and how failures are answered.
struct Endpoints: Sendable {
    /// Bytes of a body (contracts/cosmos.md 2).
    static let bodyLimit = 65_536
    /// What a server that has to sign is told (3.3).
    private static let acceptSignature =
        #"cosmos=("@method" "@authority" "@path" "@query" "content-digest" "content-type");created;expires;alg="ed25519";tag="cosmos-s2s-v1""#

    let services: CosmosServices
    let settings: CosmosSettings
    /// The version that the path names; nil without one.
    var prefix: Int?

    var community: Community { services.shared.community }
    var federation: Federation { services.federation }
    var versions: VersionPolicy { VersionPolicy(deprecations: settings.deprecations) }

    /// A request whose sender is known.
    struct Call: Sendable {
        var request: HTTPRequest
        var caller: Caller
        /// The body, when it had to be read to know the sender.
        var body: [UInt8]?

        /// The parameter of the path.
        func parameter(_ name: String) -> String { request.parameters[name] ?? "" }
    }

    // MARK: Routes

    /// A route that does not look at who asks.
    func plain(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            try countAnonymous(request)
            return try await handler(request)
        }
    }

    /// A route for everybody; what somebody may see is the handler's affair. A signature that fails is refused, and hears how to sign; other bad
    /// credentials are not refused.
    func open(_ handler: @escaping @Sendable (Call) async throws -> HTTPResponse) -> Handler {
        answering(isForServers: true) { request in
            let call = try await identify(request)
            try count(call)
            return try await handler(call)
        }
    }

    /// A route for those who have shown who they are.
    ///
    /// - Parameter isForServers: whether metadata servers may use it: then a refusal says how to sign.
    func identified(isForServers: Bool = true, _ handler: @escaping @Sendable (Call) async throws -> HTTPResponse) -> Handler {
        answering(isForServers: isForServers) { request in
            let call = try await identify(request)
            try count(call)
            switch call.caller {
            case .anonymous: throw Problem(.unauthenticated)
            case .refused(let problem): throw problem
            case .metadata where !isForServers: throw Problem(.unauthenticated, "This is for people.")
            case .metadata, .user, .newcomer: return try await handler(call)
            }
        }
    }

    /// A route for metadata servers only.
    func signed(_ handler: @escaping @Sendable (Call, MetadataServer) async throws -> HTTPResponse) -> Handler {
        answering(isForServers: true) { request in
            let call = try await identify(request)
            try count(call)
            guard case .metadata(let server) = call.caller else { throw Problem(.signatureMissing) }
            return try await handler(call, server)
        }
    }

    /// How unknown paths and wrong methods are answered.
    func refusal(_ problem: Problem) -> Handler {
        answering { _ in throw problem }
    }

    // MARK: Around the handler

    /// Answers failures in the shape of the API and adds what all answers have.
    func answering(
        isForServers: Bool = false, _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) -> Handler {
        { request in
            let header = request.headers[first: "cosmos-version"]
            var version = prefix ?? VersionPolicy.current
            var response: HTTPResponse
            do {
                version = try versions.version(prefix: prefix, header: header, at: services.shared.clock())
                response = try await handler(request)
            } catch {
                let problem = Problem(for: error)
                if problem.kind == .internal || error is DatabaseError { services.shared.reportFailure(error) }
                response = problem.response
            }
            if isForServers, response.status.code == 401 { response.headers.set("Accept-Signature", Self.acceptSignature) }
            if header != nil { response.headers.add("Vary", "Cosmos-Version") }
            for field in versions.headers(of: version) { response.headers.set(field.name, field.value) }
            Self.complete(&response, version: version)
            return response
        }
    }

    /// Adds what every answer has (contracts/cosmos.md 5.2, 10).
    static func complete(_ response: inout HTTPResponse, version: Int) {
        response.headers.set("Cosmos-Version", String(version))
        response.headers.set("X-Content-Type-Options", "nosniff")
        if response.headers[first: "cache-control"] == nil { response.headers.set("Cache-Control", "no-store") }
    }

    // MARK: Who asks

    private func identify(_ request: HTTPRequest) async throws -> Call {
        if let call = try await signedCall(request) { return call }
        let values = request.headers.all("authorization")
        guard !values.isEmpty else { return Call(request: request, caller: .anonymous) }
        do {
            guard values.count == 1, let token = request.bearerToken else {
                throw Problem(.invalidToken, "There is one Authorization header, with a bearer token.")
            }
            return Call(request: request, caller: try await bearer(token, request))
        } catch {
            let problem = Problem(for: error)
            // Whose keys cannot be had now is nobody: routes for everybody answer all the same.
            guard problem.kind.status.code == 401 || problem.kind == .keysUnavailable else { throw error }
            if problem.kind != .keysUnavailable { try countFailure(request) }
            return Call(request: request, caller: .refused(problem))
        }
    }

    /// A request that claims to be signed is a server's or nobody's.
    private func signedCall(_ request: HTTPRequest) async throws -> Call? {
        guard request.headers.all("signature-input").contains(where: { $0.contains("cosmos-s2s-v1") }) else { return nil }
        let encoding = request.headers[first: "content-encoding"]?.lowercased() ?? "identity"
        guard encoding == "identity" else { throw Problem(.unsupportedMediaType, "Signed requests are not encoded.") }
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let hasBody = ![HTTPMethod.get, .head, .delete].contains(request.method)
        guard hasBody || body.isEmpty else { throw Problem(.invalid, "A signed \(request.method.rawValue) has no body.") }
        let message = message(of: request, body)
        do {
            guard let server = try await federation.metadataServer(signing: message) else { return nil }
            return Call(request: request, caller: .metadata(server), body: body)
        } catch {
            let keyID = (try? MessageSignature.candidates(in: message, of: .serverRequest))?.first?.keyID
            services.noteRefusal(keyID ?? "", Problem(for: error).kind.code)
            if error != .unavailable { try countFailure(request) }
            throw error
        }
    }

    /// The request as it was signed: our own address, whatever a proxy says.
    private func message(of request: HTTPRequest, _ body: [UInt8]) -> SignedMessage {
        let query = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        return SignedMessage(
            method: request.method.rawValue, scheme: settings.origin.scheme, authority: settings.origin.authority, path: request.path,
            query: query.map(String.init), headers: request.headers.entries, body: body)
    }

    private func bearer(_ token: String, _ request: HTTPRequest) async throws -> Caller {
        if token.hasPrefix(SessionToken.prefix) {
            guard let session = try await community.session(token: String(token.dropFirst(SessionToken.prefix.count)), kind: .cosmos) else {
                throw Problem(.invalidToken, "The session has ended.")
            }
            if session.isUseDue { note(session, on: request) }
            return .user(try await user(session.account, session: session))
        }
        if let claims = try? services.accessTokens.verify(token, now: services.shared.clock()) {
            guard let account = try await community.session(SessionID(claims.sessionID), of: AccountID(claims.accountID)) else {
                throw Problem(.invalidToken, "The login has ended.")
            }
            return .user(try await user(account))
        }
        let identity = try await federation.identity(
            token: token,
            in: TokenUse(method: request.method.rawValue, path: request.path, proofs: request.headers.all("dpop")))
        guard let account = try await community.account(of: CosmosIdentity(identity)) else { return .newcomer(identity) }
        return .user(
            Caller.User(account: account, userID: identity.subject, galaxies: identity.galaxies, identity: identity))
    }

    private func user(_ account: Account, session: ActiveSession? = nil) async throws -> Caller.User {
        Caller.User(
            account: account, userID: try await community.cosmosUserID(of: account.id), galaxies: session?.galaxies, session: session)
    }

    /// Nobody waits for it, and when it fails the next request will try again.
    private func note(_ session: ActiveSession, on request: HTTPRequest) {
        let community = community
        request.loop.start { try? await community.noteUse(of: session.id) }
    }

    // MARK: How often

    private func count(_ call: Call) throws(RateLimitReached) {
        switch call.caller {
        case .anonymous, .refused: try countAnonymous(call.request)
        case .metadata(let server): _ = try services.shared.limits.count(server.origin, CosmosLimits.server)
        case .user(let user): _ = try services.shared.limits.count(user.userID, CosmosLimits.user)
        case .newcomer(let identity): _ = try services.shared.limits.count(identity.subject, CosmosLimits.user)
        }
    }

    private func countAnonymous(_ request: HTTPRequest) throws(RateLimitReached) {
        _ = try services.shared.limits.count(AddressRange.network(of: services.shared.clientAddress(request)), CosmosLimits.anonymous)
    }

    private func countFailure(_ request: HTTPRequest) throws(RateLimitReached) {
        _ = try services.shared.limits.count(AddressRange.network(of: services.shared.clientAddress(request)), CosmosLimits.failures)
    }
}

extension CosmosIdentity {
    /// What the domain wants to know of somebody.
    init(_ identity: VerifiedIdentity) {
        self.init(issuer: identity.issuer, subject: identity.subject, name: identity.name, issuedAt: identity.issuedAt)
    }
}

/// Tokens of local sessions (contracts/cosmos.md 3.6).
enum SessionToken {
    static let prefix = "cst_"
}
