internal import Dialect
internal import Gateway
public import HTTP

/// The Chat API: REST under `/api/rest`, the gateway at `/api/ws` (contracts/chat.md).
public struct ChatDialect: Sendable {
    /// Where the REST routes stand.
    public static let restPrefix = "/api/rest"

    private let endpoints: Endpoints
    private let gateway: ChatGateway

    /// The dialect over the services of the house.
    public init(services: ChatServices, settings: ChatSettings) {
        let typing = Typing(services)
        endpoints = Endpoints(services: services, settings: settings, typing: typing)
        gateway = ChatGateway(services, settings: settings, typing: typing)
    }

    /// Adds all routes of the dialect but that of the gateway.
    public func mount(on router: inout RouteGroup) {
        router.group(Self.restPrefix) { group in
            group.use(Self.crossOrigin)
            group.notFound = { _ in ChatError.notFound.response }
            group.methodNotAllowed = { _ in ChatError.methodNotAllowed.response }
            AuthenticationRoutes(endpoints: endpoints).mount(on: &group)
            ServerRoutes(endpoints: endpoints).mount(on: &group)
            MemberRoutes(endpoints: endpoints).mount(on: &group)
            InviteRoutes(endpoints: endpoints).mount(on: &group)
            ChannelRoutes(endpoints: endpoints).mount(on: &group)
            MessageRoutes(endpoints: endpoints).mount(on: &group)
            UserRoutes(endpoints: endpoints).mount(on: &group)
            DirectChannelRoutes(endpoints: endpoints).mount(on: &group)
            group.get("/openapi.yaml", APIDocument.chat.handler)
        }
    }

    /// Whether a request for a socket is one of this API.
    public static func expectsSocket(_ request: HTTPRequest) -> Bool {
        GatewayRoute.isHinted(request)
    }

    /// Answers a request for a socket, `/api/ws`.
    ///
    /// - Parameter diversion: whom the first message may belong to instead, where nothing in the request says.
    public func upgrade(_ request: HTTPRequest, diversion: SocketDiversion? = nil) async throws -> HTTPResponse {
        try await GatewayRoute(gateway: gateway).upgrade(request, diversion)
    }

    /// The answer to what was not understood as a request, below the REST prefix: in the shape of the API, and for any page to read.
    public static func errorResponse(_ error: HTTPError) -> HTTPResponse {
        var response = ChatError(error).response
        response.headers.set("Access-Control-Allow-Origin", "*")
        return response
    }

    /// Tells the clients of all sockets to reconnect and resume, and closes the sockets.
    public func drain() {
        gateway.drain()
    }

    /// Gateway sockets that are logged in.
    public var socketCount: Int { gateway.registry.count }

    /// Any page may use the API: it takes no cookies (contracts/chat.md 1, "CORS").
    private static let crossOrigin = CORSMiddleware(
        origins: .any, methods: [.get, .post, .patch, .delete, .put, .options], headers: ["Authorization", "Content-Type"],
        exposedHeaders: [
            "Link", "X-Has-More", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
            "X-RateLimit-Reset-After", "X-RateLimit-Bucket",
        ])
}
