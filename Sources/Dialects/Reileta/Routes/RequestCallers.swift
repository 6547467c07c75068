internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import Primitives
internal import Security

/// Who asks: a person of this server, somebody of another for whom that vouches, or another server (contracts/reileta.md 1.3, 2.6, 2.7).
struct RequestCallers: Sendable {
    /// Another server, as far as it has shown who it is.
    enum Server: Sendable, Equatable {
        /// There is no token of a server.
        case none
        /// The token is unknown or over.
        case unknown
        /// The operator does not want it.
        case blocked
        /// The address that the token was made for.
        case known(String)
    }

    /// A person of this server.
    var person: ActiveSession?
    /// Somebody of another server.
    var guest: RegistryUser?
    /// Another server.
    var server = Server.none
}

extension RequestCallers {
    /// `AVR/…(Server; …)`, as servers call themselves (1.3).
    static func isServer(_ agent: String) -> Bool {
        guard agent.hasPrefix("AVR"), let bracket = agent.firstIndex(of: "(") else { return false }
        return agent[bracket...].hasPrefix("(Server")
    }

    /// Whether a request was made by a server, for itself or for somebody: it is never passed on to another (3.3).
    static func isPassedOn(_ request: HTTPRequest) -> Bool {
        isServer(request.headers[first: "user-agent"] ?? "") || request.headers.list("via").contains { $0.hasPrefix("AVR/") }
    }

    /// The token of another server: of the query, or of the header when a server sends it.
    static func serverToken(of request: HTTPRequest) -> String? {
        if let token = request.query[first: "authserver"], !token.isEmpty { return token }
        guard isServer(request.headers[first: "user-agent"] ?? ""), let token = request.headers[first: "authorization"], !token.isEmpty
        else {
            return nil
        }
        return token
    }

    /// The token of somebody of another server, where nothing else can be meant.
    static func integrityToken(of request: HTTPRequest) -> String? {
        if let token = request.query[first: "integrityuser"], !token.isEmpty { return token }
        guard let value = request.headers[first: "authorization"], value.lowercased().hasPrefix("integrity ") else { return nil }
        return String(value.dropFirst(10))
    }
}

extension Endpoints {
    /// Who makes a request.
    ///
    /// - Throws: `Failure` 103 and 4 for a server that speaks for somebody for whom it may not.
    func callers(of request: HTTPRequest) async throws -> RequestCallers {
        var callers = RequestCallers()
        if let token = RequestCallers.serverToken(of: request) {
            callers.server = try await server(presenting: token)
        } else if let token = RequestCallers.integrityToken(of: request) {
            try await admit(token, to: &callers)
        } else if let token = Self.token(of: request) {
            callers.person = try await session(of: token)
            if callers.person == nil { try await admit(token, to: &callers) }
        }
        if let name = request.headers[first: "x-avr-as"], !name.isEmpty {
            callers.guest = try await speaksFor(name, callers.server)
        }
        return callers
    }

    private func server(presenting token: String) async throws -> RequestCallers.Server {
        do {
            guard let server = try await peers.server(presenting: token) else { return .unknown }
            // Before anything is done for it: it may speak for one more of its people with each request.
            _ = try services.shared.limits.count(peers.machine(of: server), Self.servers)
            return .known(server)
        } catch PeerFailure.blocked {
            return .blocked
        }
    }

    private func admit(_ token: String, to callers: inout RequestCallers) async throws {
        callers.guest = try await guest(of: token)?.user
    }

    /// Who a token of integrity belongs to; nil for one that is unknown or over, or whose server is not welcome any more.
    func guest(of token: String) async throws -> (session: ActiveSession, user: RegistryUser)? {
        guard let session = try await community.session(token: token, kind: .integrity) else { return nil }
        let user = try await community.registryUser(.id(session.account.id))
        guard let external = user.external, !user.tags.contains(AccountTag.disabled) else { return nil }
        community.externalNames.note(user)
        do {
            try await peers.requireWelcome(external.server)
        } catch PeerFailure.blocked {
            return nil
        }
        return (session, user)
    }

    /// Somebody for whom their own server speaks.
    private func speaksFor(_ text: String, _ server: RequestCallers.Server) async throws -> RegistryUser {
        let address = try server.required()
        let name = ObjectName(text)
        guard let home = name.address, PeerAddress.normalized(home) == address, isExternalID(name.text) else {
            throw Failure(.userDontHavePermission, "A server speaks for its own people only.")
        }
        let external = ExternalName(id: name.text, server: address)
        try await countNewcomer(external)
        return try await community.admit(try await people.describe(external))
    }

    /// Requests of one machine that has shown who it is, in a minute.
    private static let servers = RateLimit(name: "reileta-servers", capacity: 6_000, per: .seconds(60))
    /// People of one machine's servers who come for the first time, in a minute: each is an account that stays for days.
    private static let newcomers = RateLimit(name: "reileta-newcomers", capacity: 60, per: .seconds(60))

    /// The same of all servers together: names of machines cost nothing.
    private static let allNewcomers = RateLimit(name: "reileta-all-newcomers", capacity: 600, per: .seconds(60))

    /// Counts somebody of another server who has not been here.
    ///
    /// - Throws: `RateLimitReached`.
    func countNewcomer(_ name: ExternalName) async throws {
        guard try await community.externalUser(name) == nil else { return }
        _ = try services.shared.limits.count(peers.machine(of: name.server), Self.newcomers)
        _ = try services.shared.limits.count("", Self.allNewcomers)
    }

    /// Whether a text is an id of a person that another server may have given: not one of this server's own people.
    func isExternalID(_ text: String) -> Bool {
        guard case .chosen? = identity.identifiers.reference(.user, text) else { return false }
        return true
    }
}

extension RequestCallers.Server {
    /// Whether it has not shown who it is.
    var isUnknown: Bool {
        if case .known = self { return false }
        return true
    }

    /// The server.
    ///
    /// - Throws: `Failure` 103, 104.
    func required() throws(Failure) -> String {
        switch self {
        case .none, .unknown: throw Failure(.serverNotLogged)
        case .blocked: throw Failure(.serverBlocked)
        case .known(let address): return address
        }
    }
}
