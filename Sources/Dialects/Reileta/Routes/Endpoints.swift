internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// What every route of the Reileta API does around its own work: who asks, how often, and how answers are wrapped.
struct Endpoints: Sendable {
    /// Bytes of a body of JSON.
    static let bodyLimit = 100_000
    /// The cookie with the token.
    static let cookie = "_suid"
    /// Requests of strangers from one network, in a minute.
    private static let strangers = RateLimit(name: "reileta", capacity: 600, per: .seconds(60))

    let services: ReiletaServices
    let settings: ReiletaSettings
    let identity: ServerIdentity
    let rooms: InstanceRooms
    let wire: Wire
    let peers: Peers
    let people: ExternalPeople
    let away: AwayRequests

    init(services: ReiletaServices, settings: ReiletaSettings, identity: ServerIdentity) {
        self.services = services
        self.settings = settings
        self.identity = identity
        rooms = InstanceRooms()
        wire = Wire(identity: identity, presence: services.shared.presence, settings: settings)
        peers = services.peers(Peers.Own(address: { identity.address }, isOwn: { identity.isOwn($0) }))
        let reads = ForeignReads()
        people = ExternalPeople(peers: peers, reads: reads)
        away = AwayRequests(peers: peers, reads: reads, identity: identity)
    }

    var community: Community { services.shared.community }
    var records: PeerRecords { services.peerRecords }

    /// A request on its way through a route.
    struct Context: Sendable {
        let request: HTTPRequest
        let topic: FailureTopic
        let callers: RequestCallers
        /// What answers are written with: it knows where the request has come in.
        let wire: Wire
        let now: Timestamp

        /// Who asks, when it is somebody of this server; nil: a stranger, or somebody else.
        var caller: ActiveSession? { callers.person }
        /// The other server that asks.
        var server: RequestCallers.Server { callers.server }
        /// The account that asks, whichever server it is at home on; nil: a stranger.
        var viewer: Account? { callers.person?.account ?? callers.guest?.account }

        /// Who asks, of this server.
        ///
        /// - Throws: `Failure` 3; 4 for people of other servers.
        func required() throws(Failure) -> ActiveSession {
            if let caller { return caller }
            guard callers.guest == nil else { throw Failure(.userDontHavePermission, "This is for people of this server.") }
            throw Failure(.userNotLogged)
        }

        /// Who asks, of whatever server.
        ///
        /// - Throws: `Failure` 3.
        func anybody() throws(Failure) -> Account {
            guard let viewer else { throw Failure(.userNotLogged) }
            return viewer
        }

        /// The members of the body.
        func form() async throws -> RequestForm {
            try RequestForm(try await request.body.collect(upTo: Endpoints.bodyLimit))
        }

        /// A parameter of the path.
        func parameter(_ name: String) -> String { request.parameters[name] ?? "" }

        /// An answer with data.
        func answer(capacity: Int = 512, _ data: (inout JSONWriter) -> Void) -> HTTPResponse {
            AnswerEnvelope.success(request.target, at: now, capacity: capacity, data)
        }
    }

    /// A route.
    ///
    /// - Parameter elsewhere: what happens when something of another server is asked for.
    func route(
        _ topic: FailureTopic, elsewhere: Away = .never, _ handler: @escaping @Sendable (Context) async throws -> HTTPResponse
    ) -> Handler {
        answering(topic) { request in
            let callers = try await callers(of: request)
            if let account = callers.person?.account ?? callers.guest?.account {
                _ = try services.shared.limits.countRequest(of: account.id)
            } else if callers.server.isUnknown {
                _ = try services.shared.limits.count(network(of: request), Self.strangers)
            }
            let context = context(request, topic, callers)
            guard let address = away.address(of: request) else { return try await handler(context) }
            let caller = try context.required()
            try await requireFetching(caller)
            return try await away.answer(context, at: address, elsewhere, caller: identity.user(caller.account.id))
        }
    }

    private func context(_ request: HTTPRequest, _ topic: FailureTopic, _ callers: RequestCallers) -> Context {
        var wire = wire
        wire.gateway = gateway(of: request)
        return Context(request: request, topic: topic, callers: callers, wire: wire, now: services.shared.clock())
    }

    /// A route that tries a password or a code.
    func trying(_ topic: FailureTopic, _ handler: @escaping @Sendable (Context) async throws -> HTTPResponse) -> Handler {
        answering(topic) { request in
            _ = try services.shared.limits.countSignIn(from: services.shared.clientAddress(request))
            var callers = RequestCallers()
            if let token = Self.token(of: request) { callers.person = try await session(of: token) }
            return try await handler(context(request, topic, callers))
        }
    }

    /// How unknown paths and wrong methods are answered.
    @Sendable func refusal(_ request: HTTPRequest) async throws -> HTTPResponse {
        var response = AnswerEnvelope.failure(Failure(.requestNotFound), request.target, at: services.shared.clock())
        if let gateway = announcedGateway(for: request) { response.headers.set(Gateway.header, gateway.text) }
        return response
    }

    private func answering(_ topic: FailureTopic, _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        { request in
            var response: HTTPResponse
            do {
                response = AnswerEnvelope.uncached(try await handler(request))
            } catch {
                let failure = Failure(for: error, in: topic)
                if failure == Failure(.internalError) { services.shared.reportFailure(error) }
                response = AnswerEnvelope.failure(failure, request.target, at: services.shared.clock())
            }
            response.headers.set("X-Content-Type-Options", "nosniff")
            if let gateway = announcedGateway(for: request) { response.headers.set(Gateway.header, gateway.text) }
            return response
        }
    }

    // MARK: Who asks

    /// Where a request comes from, as far as strangers are told apart.
    func network(of request: HTTPRequest) -> String {
        AddressRange.network(of: services.shared.clientAddress(request))
    }

    /// The token of a request: of the query, the header or the cookie, the first that is there (1.3). Empty ones are none.
    static func token(of request: HTTPRequest) -> String? {
        if let token = request.query[first: "authuser"], !token.isEmpty { return token }
        if var token = request.headers[first: "authorization"], !token.isEmpty {
            if token.lowercased().hasPrefix("bearer ") { token = String(token.dropFirst(7)) }
            if !token.isEmpty { return token }
        }
        return request.cookies[cookie].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Who a token belongs to; nil for one that is unknown or over, which is as good as none.
    func session(of token: String) async throws -> ActiveSession? {
        guard let session = try await community.session(token: token, kind: .registry) else { return nil }
        if session.isUseDue {
            try? await community.noteUse(of: session.id, extendingBy: community.registryTerms.lifetime)
        }
        return session
    }

    /// Whether somebody has a tag, or may do everything.
    func may(_ tag: String, _ caller: ActiveSession) async throws -> Bool {
        try await community.registryUser(.id(caller.account.id)).may(tag, community.settings)
    }

    // MARK: Other servers

    /// Lets through what is about this server only, and refuses what other servers would have to be asked for.
    ///
    /// - Parameter asked: as an object was named with, or the whole request; nil for this server.
    func requireHere(_ asked: String?, _ context: Context) async throws {
        guard let asked, !identity.isOwn(asked) else { return }
        try await requireFetching(try context.required())
        throw Failure(.serverNotFound, "\(asked) is another server, which is not asked for this.")
    }

    /// - Throws: `Failure` 4 for somebody who may not read what other servers have.
    private func requireFetching(_ caller: ActiveSession) async throws {
        guard try await may(AccountTag.fetchExternal, caller) else {
            throw Failure(.userDontHavePermission, "This needs \(AccountTag.fetchExternal).")
        }
    }

    // MARK: Gateways

    /// Where a request has come in, as a proxy says that the operator trusts (3.6); nil: at the server's own gateway.
    private func gateway(of request: HTTPRequest) -> Gateway? {
        guard services.isTrustedProxy(request), let text = request.headers[first: "avr-gateway"] else { return nil }
        return Gateway(text)
    }

    /// Where this server is better asked (3.6): its own gateway, when the request has gone to another host.
    private func announcedGateway(for request: HTTPRequest) -> Gateway? {
        guard let own = identity.configuredGateway else { return nil }
        if let asked = gateway(of: request) { return asked }
        guard let host = request.host?.lowercased(), host != own.address else { return nil }
        return own
    }

    /// Which object of this server the path names.
    ///
    /// - Throws: `Failure` with the topic's code for what is no id, and as `requireHere` does.
    func reference(_ kind: RegistryIdentifier.Kind, _ parameter: String, _ context: Context) async throws -> RegistryReference {
        let name = ObjectName(context.parameter(parameter), hasVersion: kind == .world)
        try await requireHere(name.address, context)
        guard let reference = identity.identifiers.reference(kind, name.text) else {
            throw Failure(context.topic.invalid, "\(name.text) is no id that begins with \(kind.prefix).")
        }
        return reference
    }

    /// The UUID that a client has chosen for a new object; nil when it has not.
    func chosenID(_ kind: RegistryIdentifier.Kind, _ form: inout RequestForm) -> String? {
        guard let text = form.text("id") else { return nil }
        let uuid = String(text.dropFirst(2))
        guard identity.identifiers.reference(kind, text) != nil else {
            form.refuse("id", "Must be \(kind.prefix) and 36 characters of a UUID in lower case.")
            return nil
        }
        guard identity.identifiers.canBeChosen(uuid) else {
            form.refuse("id", "Is one that this server gives out itself.")
            return nil
        }
        return uuid
    }
}
