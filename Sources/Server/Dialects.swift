internal import Chat
internal import Cosmos
internal import Dawchat
internal import Dialect
internal import Federation
internal import Gateway
internal import HTTP
internal import Observability
internal import Primitives
internal import Security
internal import Webhooks

/// The APIs that are switched on, as one.
struct Dialects: Sendable {
    private let chat: ChatDialect?
    private let dawchat: DawchatDialect?
    private let cosmos: CosmosDialect?

    /// - Parameters:
    ///   - services: what all of them need.
    ///   - federation: knows which servers are believed.
    ///   - webhooks: sends what happens in galaxies.
    ///   - origin: the canonical origin of this server.
    ///   - key: the server's secret, from which each derives its own.
    init(
        _ configuration: Configuration, services: DialectServices, federation: Federation, webhooks: WebhookEngine, origin: PublicOrigin,
        key: [UInt8], metrics: MetricsRegistry
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
                services: CosmosServices(shared: services, federation: federation, accessTokens: accessTokens, webhooks: webhooks),
                settings: configuration.cosmosSettings(origin, startedAt: services.clock()))
            : nil
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

    func mount(on routes: inout RouteGroup) {
        chat?.mount(on: &routes)
        dawchat?.mount(on: &routes)
        cosmos?.mount(on: &routes)
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
        return .error(error)
    }

    /// Tells the clients of all sockets and streams to come back later, and ends them.
    func drain() {
        chat?.drain()
        dawchat?.drain()
    }

    /// Waits until they have ended, for `deadline` at most.
    func drained(deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while (chat?.socketCount ?? 0) + (dawchat?.streamCount ?? 0) > 0, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
