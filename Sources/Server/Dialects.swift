internal import Chat
internal import Cosmos
internal import Dawchat
internal import Dialect
internal import Federation
internal import Gale
internal import Gateway
internal import HTTP
internal import Observability
internal import Primitives
internal import Reactor
internal import Reileta
internal import ReiletaSocketIO
internal import Security
internal import Webhooks

/// The APIs that are switched on, as one.
struct Dialects: Sendable {
    private let chat: ChatDialect?
    private let dawchat: DawchatDialect?
    private let cosmos: CosmosDialect?
    private let gale: GaleDialect?
    private let reileta: ReiletaDialect?
    private let socketIO: SocketIOFront?

    /// - Parameters:
    ///   - services: what all of them need.
    ///   - federation: knows which servers are believed.
    ///   - webhooks: sends what happens in galaxies.
    ///   - gale: keeps archives, and asks Discord.
    ///   - reileta: keeps pictures and the files of worlds.
    ///   - origin: the canonical origin of this server.
    ///   - key: the server's secret, from which each derives its own.
    init(
        _ configuration: Configuration, services: DialectServices, federation: Federation, webhooks: WebhookEngine,
        gale: (DialectServices) -> GaleServices, reileta: (DialectServices) -> ReiletaServices, origin: PublicOrigin, key: [UInt8],
        metrics: MetricsRegistry, logger: Logger
    ) {
        let accessTokens = AccessTokenCodec(key: KeyFile.derive("access token", from: key))
        let chat = configuration.chatIsOn ? Self.chat(configuration, services: services, accessTokens, key: key) : nil
        let dawchat = configuration.dawchatIsOn ? DawchatDialect(services: services, settings: configuration.dawchatSettings) : nil
        if let chat {
            metrics.gauge("roost_gateway_sockets", "Gateway sockets that are logged in.") { Double(chat.socketCount) }
        }
        self.chat = chat
        self.dawchat = dawchat
        cosmos =
            configuration.cosmos.isOn
            ? CosmosDialect(
                services: CosmosServices(
                    shared: services, federation: federation, accessTokens: accessTokens, webhooks: webhooks,
                    noteRefusal: { key, code in
                        logger.log(.info, "A signed request was refused", [("keyid", .text(key)), ("code", .integer(Int64(code)))])
                    }),
                settings: configuration.cosmosSettings(origin, startedAt: services.clock()))
            : nil
        self.gale =
            configuration.gale.isOn
            ? GaleDialect(
                services: gale(services),
                settings: configuration.galeSettings(origin, tokenKey: KeyFile.derive("gale access token", from: key)))
            : nil
        self.reileta =
            configuration.reileta.isOn
            ? ReiletaDialect(
                services: reileta(services), settings: configuration.reiletaSettings(origin, startedAt: services.clock()))
            : nil
        socketIO = configuration.reileta.hasSocketIO ? self.reileta.map { SocketIOFront(dialect: $0) } : nil
    }

    private static func chat(
        _ configuration: Configuration, services: DialectServices, _ accessTokens: AccessTokenCodec, key: [UInt8]
    ) -> ChatDialect {
        ChatDialect(
            services: ChatServices(
                shared: services, sockets: SocketRegistry(limit: configuration.socketsPerUser),
                accessTokens: accessTokens,
                gatewaySessionIDs: SignedSessionIDCodec(key: KeyFile.derive("gateway session", from: key))),
            settings: configuration.chatSettings)
    }

    /// Takes up what the APIs have in the database, before anybody is served.
    func prepare() async throws {
        try await reileta?.prepare()
    }

    /// Begins what the APIs do by themselves.
    func start(on loop: EventLoop) {
        reileta?.start(on: loop)
    }

    func mount(on routes: inout RouteGroup) {
        chat?.mount(on: &routes)
        dawchat?.mount(on: &routes)
        cosmos?.mount(on: &routes)
        gale?.mount(on: &routes)
        reileta?.mount(on: &routes)
        socketIO?.mount(on: &routes)
        SharedSocket(chat: chat, reileta: reileta).mount(on: &routes)
    }

    /// The answer to what was not understood as a request, in the shape of the API that the path belongs to.
    func errorResponse(_ error: HTTPError, path: String?) -> HTTPResponse {
        guard let path else { return .error(error) }
        if chat != nil, path.hasPrefix(ChatDialect.restPrefix + "/") { return ChatDialect.errorResponse(error) }
        if dawchat != nil, DawchatDialect.prefixes.contains(where: { path.hasPrefix($0 + "/") }) {
            return DawchatDialect.errorResponse(error)
        }
        if cosmos != nil, CosmosDialect.prefixes.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
            return CosmosDialect.errorResponse(error)
        }
        if gale != nil, GaleDialect.prefixes.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
            return GaleDialect.errorResponse(error)
        }
        if let reileta, ReiletaDialect.prefixes.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
            return reileta.errorResponse(error, path: path)
        }
        return .error(error)
    }

    /// Tells the clients of all sockets and streams to come back later, and ends them.
    func drain() {
        chat?.drain()
        dawchat?.drain()
        gale?.drain()
        reileta?.drain()
    }

    /// Waits until they have ended, for `deadline` at most.
    func drained(deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while (chat?.socketCount ?? 0) + (dawchat?.streamCount ?? 0) + (gale?.socketCount ?? 0)
            + (reileta?.socketCount ?? 0) > 0, ContinuousClock.now < end
        {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
