internal import Community
internal import Dialect
internal import Gateway
public import HTTP
internal import Primitives
public import Reactor
public import WebSocket

/// The Reileta API: a registry of people, worlds, services and instances (contracts/reileta.md), below `/api`.
public struct ReiletaDialect: Sendable {
    /// What all its paths begin with; other APIs have longer ones.
    public static let prefixes = ["/api", "/.well-known/avr", "/icon.png"]

    /// How long an instance stays when nobody is in it.
    private static let emptyInstanceSeconds: Int64 = 300
    /// How often that is looked for.
    private static let sweepInterval = Duration.seconds(30)

    private let endpoints: Endpoints
    private let users: UserAnswers
    private let places: InstancePlaces
    /// What transports make sockets of.
    public let gateway: ReiletaGateway

    /// The dialect over the services of the house.
    public init(services: ReiletaServices, settings: ReiletaSettings) {
        let identity = ServerIdentity(services.server, people: services.shared.community.externalNames, settings: settings)
        endpoints = Endpoints(services: services, settings: settings, identity: identity)
        users = UserAnswers(endpoints: endpoints)
        places = InstancePlaces(services.shared, rooms: endpoints.rooms, seconds: settings.reservationSeconds)
        gateway = ReiletaGateway(endpoints, answers: users, places: places)
    }

    /// Adds all routes of the dialect but that of the socket.
    public func mount(on router: inout RouteGroup) {
        router.group("/api") { group in
            group.use(Self.crossOrigin)
            group.notFound = endpoints.refusal
            group.methodNotAllowed = endpoints.refusal
            ServerRoutes(endpoints: endpoints).mount(on: &group)
            AuthRoutes(endpoints: endpoints, users: users).mount(on: &group)
            UserRoutes(endpoints: endpoints, users: users).mount(on: &group)
            HomeRoutes(endpoints: endpoints, users: users).mount(on: &group)
            FollowRoutes(endpoints: endpoints, users: users).mount(on: &group)
            PictureRoutes(endpoints: endpoints, users: users).mount(on: &group)
            WorldRoutes(endpoints: endpoints, users: users).mount(on: &group)
            AssetRoutes(endpoints: endpoints).mount(on: &group)
            AssetFileRoutes(endpoints: endpoints).mount(on: &group)
            ServiceRoutes(endpoints: endpoints).mount(on: &group)
            InstanceRoutes(endpoints: endpoints, users: users, places: places).mount(on: &group)
            CandidateRoutes(endpoints: endpoints, users: users, places: places).mount(on: &group)
            ChallengeRoutes(endpoints: endpoints).mount(on: &group)
            IntegrityRoutes(endpoints: endpoints).mount(on: &group)
            group.get("/reileta/openapi.yaml", APIDocument.reileta.handler)
        }
        // Whoever looks for a server of this kind asks with any method (1.1).
        for method in [HTTPMethod.get, .post, .put, .patch, .delete, .options] {
            router.on(method, "/.well-known/avr") { _ in .text("OK") }
        }
        router.get("/icon.png", APIDocument.icon.handler)
    }

    /// Whether a request for a socket is one of this API.
    public static func expectsSocket(_ request: HTTPRequest) -> Bool {
        SocketRoute.isHinted(request)
    }

    /// Whether a request for a socket comes from somebody who has logged in here with a browser, which says little of what it is for.
    public static func mayExpectSocket(_ request: HTTPRequest) -> Bool {
        SocketRoute.hasCookie(request)
    }

    /// Answers a request for a socket.
    public func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await SocketRoute(gateway: gateway).upgrade(request)
    }

    /// What a request for a socket says of who asks, for other transports.
    public func hello(of request: HTTPRequest) -> SocketHello {
        SocketRoute(gateway: gateway).hello(of: request)
    }

    /// Takes over a socket whose first message is one of this API. On its loop.
    ///
    /// - Returns: false when it is not.
    public func adopt(_ socket: WebSocketConnection, first: [UInt8], _ hello: SocketHello) -> Bool {
        guard SocketRequest.isRequest(first) else { return false }
        let transport = WebSocketTransport(socket: socket, gateway: gateway)
        socket.handler = transport
        socket.messageTooBigCode = .messageTooBig
        socket.slowReaderCloseCode = nil
        transport.start(hello, first: first)
        return true
    }

    /// Takes up what stands in the database, before anybody is served.
    public func prepare() async throws {
        try await places.prepare()
    }

    /// Removes instances that nobody has been in for five minutes, and gives out their places, now and again.
    public func start(on loop: EventLoop) {
        let (community, rooms, places, clock, report) = (
            endpoints.community, endpoints.rooms, places, endpoints.services.shared.clock, endpoints.services.shared.reportFailure
        )
        let start = clock()
        @Sendable func sweep() {
            loop.start {
                await places.fillAll()
                let moment = clock().adding(seconds: -Self.emptyInstanceSeconds)
                let (occupied, emptySince) = rooms.occupation
                do {
                    try await community.noteOccupied(occupied)
                    // After a restart everybody has the same time to come back.
                    guard moment >= start else { return }
                    try await community.removeEmptyInstances(madeBefore: moment, occupied: occupied, emptySince: emptySince)
                    rooms.forget(emptyBefore: moment)
                } catch {
                    report(error)
                }
            }
            loop.schedule(after: Self.sweepInterval) { sweep() }
        }
        loop.execute {
            loop.start { await places.start() }
            loop.schedule(after: Self.sweepInterval) { sweep() }
        }
    }

    /// The answer to what was not understood as a request, below one of the prefixes.
    public func errorResponse(_ error: HTTPError, path: String) -> HTTPResponse {
        AnswerEnvelope.failure(Failure(http: error), path, at: endpoints.services.shared.clock())
    }

    /// Closes all sockets.
    public func drain() {
        places.drain()
        gateway.drain()
    }

    /// Sockets that are open.
    public var socketCount: Int { gateway.count }

    /// Any page may use the API: a cookie counts only where the page is the server's own, as `SameSite` says (1.1).
    private static let crossOrigin = CORSMiddleware(
        origins: .any, methods: [.get, .post, .put, .delete, .options], headers: ["Authorization", "Content-Type", "X-File-Hash"],
        exposedHeaders: ["Retry-After", "ETag", "X-File-Hash", Gateway.header])
}
