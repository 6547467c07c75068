internal import Community
internal import Dialect
internal import HTTP
internal import Security
internal import Storage

/// Who sends a request.
struct Caller: Sendable {
    var account: Account
    var session: SessionID
}

/// What every route of the Chat API does around its own work: who asks, how often, and how failures are answered.
struct Endpoints: Sendable {
    let services: ChatServices
    let settings: ChatSettings
    let presence: Presence
    let tokens: TokenWire
    let typing: Typing

    init(services: ChatServices, settings: ChatSettings, typing: Typing) {
        self.services = services
        self.settings = settings
        presence = Presence(board: services.shared.presence)
        self.typing = typing
        tokens = TokenWire(services: services, settings: settings)
    }

    var community: Community { services.shared.community }
    private var limits: RequestLimits { services.shared.limits }

    /// A route for everybody, counted by address (contracts/chat.md 1.2, login and register).
    func open(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request, limit in
            limit = try limits.countSignIn(from: services.shared.clientAddress(request))
            return try await handler(request)
        }
    }

    /// The route that gives new tokens: a client may need it often, but each try costs a transaction.
    func refreshing(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        answering { request, limit in
            limit = try limits.countRefresh(from: services.shared.clientAddress(request))
            return try await handler(request)
        }
    }

    /// A route for those who carry a good access token (section 1, "auth").
    func signedIn(_ handler: @escaping @Sendable (HTTPRequest, Caller) async throws -> HTTPResponse) -> Handler {
        answering { request, limit in
            let caller = try await caller(of: request)
            limit = try limits.countRequest(of: caller.account.id)
            return try await handler(request, caller)
        }
    }

    /// A route that sends a message; besides the bucket of all requests there is one for each channel.
    func sending(_ handler: @escaping @Sendable (HTTPRequest, Caller, ChannelID) async throws -> HTTPResponse) -> Handler {
        answering { request, limit in
            let caller = try await caller(of: request)
            limit = try limits.countRequest(of: caller.account.id)
            let channel = try request.channelID
            limit = try limits.countMessage(of: caller.account.id, in: channel)
            return try await handler(request, caller, channel)
        }
    }

    /// Counts what tries the password of somebody who is signed in: by account, because a token can be used from many addresses.
    func countPassword(of caller: Caller) throws(RateLimitReached) {
        _ = try limits.countSignIn(from: "account \(caller.account.id.rawValue)")
    }

    /// Answers failures in the shape of the API, and tells in every answer how much of the limit is left.
    private func answering(
        _ handler: @escaping @Sendable (HTTPRequest, inout RateLimitStatus?) async throws -> HTTPResponse
    ) -> Handler {
        { request in
            var limit: RateLimitStatus?
            var response: HTTPResponse
            do {
                response = try await handler(request, &limit)
            } catch {
                response = self.response(to: error)
            }
            // A limit that was reached tells of itself.
            if response.status != .tooManyRequests { limit?.add(to: &response.headers) }
            return response
        }
    }

    private func response(to error: any Error) -> HTTPResponse {
        var answer = ChatError(error)
        if answer.status == .internalServerError || error is DatabaseError { services.shared.reportFailure(error) }
        answer.retry?.complete(at: services.shared.clock())
        return answer.response
    }

    private func caller(of request: HTTPRequest) async throws -> Caller {
        guard let token = request.bearerToken, let claims = try? services.accessTokens.verify(token, now: services.shared.clock()) else {
            throw ChatError.unauthorized
        }
        let session = SessionID(claims.sessionID)
        guard let account = try await community.session(session, of: AccountID(claims.accountID)) else { throw ChatError.unauthorized }
        return Caller(account: account, session: session)
    }
}

extension HTTPRequest {
    // Ids are opaque to clients: one that is not ours is an object that does not exist (contracts/chat.md 1, "ids").

    var spaceID: SpaceID {
        get throws(CommunityError) {
            guard let id = identifier("server_id") else { throw .unknownSpace }
            return SpaceID(id)
        }
    }

    var channelID: ChannelID {
        get throws(CommunityError) {
            guard let id = identifier("channel_id") else { throw .unknownChannel }
            return ChannelID(id)
        }
    }

    /// The message that the path names; 0, which no message has, for what is no id: whether it exists is asked after the channel.
    var messageID: MessageID {
        MessageID(identifier("message_id") ?? 0)
    }

    /// The account that the path names, or the caller for `@me`; nil when the path names nobody.
    func accountID(for caller: Caller) -> AccountID? {
        if parameters["user_id"] == "@me" { return caller.account.id }
        return identifier("user_id").map { AccountID($0) }
    }

    private func identifier(_ name: String) -> Int64? {
        parameters[name].flatMap(ChatIdentifier.parse)
    }
}

/// Ids as the Chat API writes them.
enum ChatIdentifier {
    /// The id in decimal digits, nil for anything else.
    static func parse(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }
}
