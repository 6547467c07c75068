public import Dialect
internal import Gateway
public import HTTP

/// The Dawchat API: routes under `/api/user` and `/api/channel`, and an event stream (contracts/dawchat.md).
public struct DawchatDialect: Sendable {
    /// What all its paths begin with, besides the other name of the event stream.
    public static let prefixes = ["/api/user", "/api/channel"]

    private let endpoints: Endpoints
    private let streams: StreamGateway
    private let crossOrigin: CORSMiddleware

    /// The dialect over the services of the house.
    public init(services: DialectServices, settings: DawchatSettings) {
        endpoints = Endpoints(services: services, settings: settings)
        streams = StreamGateway(services, settings: settings)
        crossOrigin = CORSMiddleware(
            origins: .listed(settings.crossOrigins), methods: [.get, .head, .post, .put],
            headers: ["Authorization", "Content-Type", "Last-Event-ID"], exposedHeaders: ["Retry-After"])
    }

    /// Adds all routes of the dialect.
    public func mount(on router: inout RouteGroup) {
        let stream = StreamRoute(endpoints: endpoints, gateway: streams)
        router.group(Self.prefixes[0]) { group in
            prepare(&group)
            UserRoutes(endpoints: endpoints).mount(on: &group)
            UserInviteRoutes(endpoints: endpoints).mount(on: &group)
            ReceivedInviteRoutes(endpoints: endpoints).mount(on: &group)
            group.get("/listener", stream.handler)
            group.get("/openapi.yaml", APIDocument.dawchat.handler)
        }
        router.group(Self.prefixes[1]) { group in
            prepare(&group)
            ChannelRoutes(endpoints: endpoints).mount(on: &group)
            MembershipRoutes(endpoints: endpoints).mount(on: &group)
            ChannelInviteRoutes(endpoints: endpoints).mount(on: &group)
            MessageRoutes(endpoints: endpoints).mount(on: &group)
        }
        // The path of the course that the API was made for (section 4).
        router.group("/api/chat") { group in
            prepare(&group)
            group.get("/listen", stream.handler)
        }
    }

    /// Ends all event streams: their clients come back, with the last event they know.
    public func drain() {
        streams.drain()
    }

    /// Event streams that are open.
    public var streamCount: Int { streams.registry.count }

    /// The answer to what was not understood as a request, below one of the prefixes.
    public static func errorResponse(_ error: HTTPError) -> HTTPResponse {
        Problem(http: error).response
    }

    private func prepare(_ group: inout RouteGroup) {
        group.use(crossOrigin)
        group.notFound = { _ in Problem(.notFound).response }
        group.methodNotAllowed = { _ in Problem(.methodNotAllowed).response }
    }
}
