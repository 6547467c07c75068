internal import Chat
internal import Dawchat
internal import Dialect
internal import Gateway
internal import HTTP
internal import Observability
internal import Security

/// The APIs that are switched on, as one.
struct Dialects: Sendable {
    private let chat: ChatDialect?
    private let dawchat: DawchatDialect?

    /// - Parameters:
    ///   - services: what all of them need.
    ///   - key: the server's secret, from which each derives its own.
    init(_ configuration: Configuration, services: DialectServices, key: [UInt8], metrics: MetricsRegistry) {
        let chat = configuration.chatIsOn ? Self.chat(configuration, services: services, key: key) : nil
        let dawchat = configuration.dawchatIsOn ? DawchatDialect(services: services, settings: configuration.dawchatSettings) : nil
        if let chat {
            metrics.gauge("roost_gateway_sockets", "Gateway sockets that are logged in.") { Double(chat.socketCount) }
        }
        self.chat = chat
        self.dawchat = dawchat
    }

    private static func chat(_ configuration: Configuration, services: DialectServices, key: [UInt8]) -> ChatDialect {
        ChatDialect(
            services: ChatServices(
                shared: services, sockets: SocketRegistry(limit: configuration.socketsPerUser),
                accessTokens: AccessTokenCodec(key: KeyFile.derive("access token", from: key)),
                gatewaySessionIDs: SignedSessionIDCodec(key: KeyFile.derive("gateway session", from: key))),
            settings: configuration.chatSettings)
    }

    func mount(on routes: inout RouteGroup) {
        chat?.mount(on: &routes)
        dawchat?.mount(on: &routes)
    }

    /// The answer to what was not understood as a request, in the shape of the API that the path belongs to.
    func errorResponse(_ error: HTTPError, path: String?) -> HTTPResponse {
        guard let path else { return .error(error) }
        if chat != nil, path.hasPrefix(ChatDialect.restPrefix + "/") { return ChatDialect.errorResponse(error) }
        if dawchat != nil, DawchatDialect.prefixes.contains(where: { path.hasPrefix($0 + "/") }) {
            return DawchatDialect.errorResponse(error)
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
