internal import Community
internal import Dialect
internal import HTTP
internal import Primitives
internal import Security
internal import Storage

/// What every route of the Gale API does around its own work: who asks, how often, and how failures are answered.
struct Endpoints: Sendable {
    /// Requests of strangers from one address, in a minute.
    private static let reads = RateLimit(name: "gale", capacity: 300, per: .seconds(60))
    /// Sign-ins that are begun from one address, in a minute: each is remembered for a while.
    private static let begunSignIns = RateLimit(name: "gale-sign-ins", capacity: 30, per: .seconds(60))
    /// Archives that one person may send, in an hour.
    private static let uploads = RateLimit(name: "gale-uploads", capacity: 60, per: .seconds(3_600))

    let services: GaleServices
    let settings: GaleSettings
    let tokens: ProfileTokenCodec
    let flavour: Flavour

    var community: Community { services.shared.community }

    /// Whose a request is.
    struct Caller: Sendable {
        var account: AccountID
    }

    /// A route for everybody. A token is not looked at: clients send theirs everywhere, also when it is over.
    func open(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            try countRead(request)
            return try await handler(request)
        }
    }

    /// A route that begins a sign-in.
    func beginning(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            _ = try services.shared.limits.count(network(of: request), Self.begunSignIns)
            return try await handler(request)
        }
    }

    /// A route that tries a password or a token.
    func trying(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            _ = try services.shared.limits.countSignIn(from: services.shared.clientAddress(request))
            return try await handler(request)
        }
    }

    /// A route that exchanges tokens.
    func refreshing(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request in
            _ = try services.shared.limits.countRefresh(from: services.shared.clientAddress(request))
            return try await handler(request)
        }
    }

    /// A route for those who have a token. The body is not looked at before that is known.
    func signedIn(_ handler: @escaping @Sendable (HTTPRequest, Caller) async throws -> HTTPResponse) -> Handler {
        answering { request in
            let caller = try await caller(of: request)
            _ = try services.shared.limits.countRequest(of: caller.account)
            return try await handler(request, caller)
        }
    }

    /// How unknown paths and wrong methods are answered.
    func refusal(_ failure: Failure) -> Handler {
        { _ in failure.response }
    }

    /// Counts an archive that somebody sends.
    func countUpload(by caller: Caller) throws(RateLimitReached) {
        _ = try services.shared.limits.count(String(caller.account.rawValue), Self.uploads)
    }

    /// Where a request comes from, as far as strangers are told apart.
    func network(of request: HTTPRequest) -> String {
        AddressRange.network(of: services.shared.clientAddress(request))
    }

    private func countRead(_ request: HTTPRequest) throws(RateLimitReached) {
        _ = try services.shared.limits.count(network(of: request), Self.reads)
    }

    /// Answers failures in the shape of the API; nothing is kept by caches unless the route has said so.
    private func answering(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        { request in
            var response: HTTPResponse
            do {
                response = try await handler(request)
            } catch {
                let failure = Failure(for: error)
                if failure == .internal { services.shared.reportFailure(error) }
                response = failure.response
            }
            if response.headers[first: "cache-control"] == nil { response.headers.set("Cache-Control", "no-store") }
            response.headers.set("X-Content-Type-Options", "nosniff")
            return response
        }
    }

    /// Who asks.
    private func caller(of request: HTTPRequest) async throws -> Caller {
        guard let value = request.headers[first: "authorization"], value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Failure.noAuthorization
        }
        guard value.hasPrefix("Bearer ") else { throw Failure.noBearer }
        let token = try tokens.verify(String(value.dropFirst(7)), at: services.shared.clock())
        guard let session = token.session else {
            // Throws when the account is gone.
            return Caller(account: try await community.account(token.account).id)
        }
        guard try await community.session(session, of: token.account) != nil else { throw Failure.invalidToken }
        return Caller(account: token.account)
    }
}
