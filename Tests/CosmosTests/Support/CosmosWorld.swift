import Community
import Cosmos
import Dialect
import Federation
import Gateway
import HTTPClient
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Webhooks

@testable import HTTP

/// The Cosmos API on an empty database, without a socket: with a clock that the test moves, a metadata server and an identity server.
struct CosmosWorld: Sendable {
    static let origin = "https://galaxy.example.com"
    static let metadata = KeySource(
        role: .metadata, origin: "https://metadata.example.net", keysURL: "https://metadata.example.net/.well-known/keys")
    static let identity = KeySource(
        role: .identity, origin: "https://identity.example.net", issuer: "https://identity.example.net",
        keysURL: "https://identity.example.net/.well-known/jwks.json")

    /// What a test wants to be otherwise.
    struct Plan: Sendable {
        var sources = [CosmosWorld.metadata, CosmosWorld.identity]
        var operators: Set<String> = ["u1"]
        var limitsAreOn = false
        var settings: @Sendable (inout CosmosSettings) -> Void = { _ in }
    }

    let community: Community
    let federation: Federation
    let clock: ManualClock
    let peers: Peers
    private let router: Router

    private static let loops = EventLoopGroup(count: 1)
    private static let hasher = PasswordHasher(cost: .minimum)
    private static let accessKey = [UInt8](repeating: 7, count: 32)

    private init(_ database: Database, _ keys: ServerKeys, _ plan: Plan, _ clock: ManualClock) {
        let peers = Peers(clock: clock)
        let origin = PublicOrigin(Self.origin)
        var settings = CommunitySettings()
        settings.operators = plan.operators
        let community = Community(database: database, passwordHasher: Self.hasher, settings: settings) { clock.now }
        let federation = Federation(
            database: database, sender: peers.sender, settings: FederationSettings(publicOrigin: origin, sources: plan.sources),
            serverKeys: keys, clock: { clock.now })
        let hub = Hub(group: Self.loops, startingAfter: 0, bus: InProcessBus())
        var limits = RequestLimits.Settings()
        limits.areOn = plan.limitsAreOn
        let shared = DialectServices(
            community: community, hub: hub,
            presence: PresenceBoard(hub: hub, loop: Self.loops.next(), audiences: community.presenceAudiences) { _ in },
            limits: RequestLimits(limits, limiter: RateLimiter(), clock: { clock.now }), group: Self.loops, clock: { clock.now },
            openSocketLimit: 256, clientAddress: { $0.peer.host }, reportFailure: { _ in })
        var cosmos = CosmosSettings(origin: origin, startedAt: clock.now, software: "1.2.3")
        cosmos.hasMetadataServers = plan.sources.contains { $0.role == .metadata }
        cosmos.issuers = plan.sources.compactMap(\.issuer)
        plan.settings(&cosmos)
        let webhooks = WebhookEngine(
            database: database, community: community, sender: peers.sender, addressGuard: AddressGuard(), settings: WebhookSettings(),
            signingKey: { keys.current().signing }, render: EventRendering(origin: origin).render, clock: { clock.now })
        var routes = RouteGroup()
        CosmosDialect(
            services: CosmosServices(
                shared: shared, federation: federation, accessTokens: AccessTokenCodec(key: Self.accessKey), webhooks: webhooks),
            settings: cosmos
        ).mount(on: &routes)
        router = Router(routes)
        self.community = community
        self.federation = federation
        self.clock = clock
        self.peers = peers
    }

    /// Runs `body` in a world that is gone afterwards.
    static func run(
        on engine: TestEngine = .sqlite, _ plan: Plan = Plan(), _ body: (CosmosWorld) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in
            try await engine.withDatabase { configuration in
                let clock = ManualClock()
                let database = try await Database.open(
                    configuration, schemas: [Community.schema, Federation.schema, WebhookEngine.schema], loops: loops
                ) { clock.now }
                do {
                    let world = CosmosWorld(database, try ServerKeys(folder: folder, clock: { clock.now }), plan, clock)
                    try await world.community.prepare()
                    try await body(world)
                } catch {
                    await database.close()
                    throw error
                }
                await database.close()
            }
        }
    }

    /// An answer to a request as it is.
    func send(
        _ method: String, _ target: String, _ fields: [(String, String)] = [], body: String = "", from address: String = "192.0.2.1"
    ) async throws -> Answer {
        let bytes = Array(body.utf8)
        let lines = ["\(method) \(target) HTTP/1.1", "Host: elsewhere.example"] + fields.map { "\($0.0): \($0.1)" } + ["", ""]
        let head = try HeadParser.parse(Array(lines.joined(separator: "\r\n").utf8), limits: HTTPLimits())
        let loop = Self.loops.next()
        let request = HTTPRequest(
            head, body: RequestBody(source: .whole(WholeBody(bytes)), declaredLength: bytes.count), id: 1,
            peer: try SocketAddress(host: address, port: 1), loop: loop)
        // Handlers run on the loop of their connection.
        return try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                loop.start {
                    do {
                        continuation.resume(returning: Answer(try await router.respond(to: request)))
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        }
    }

    // MARK: As somebody

    /// A request of a person with a token.
    func send(
        _ method: String, _ target: String, token: String, _ fields: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        let type = body == nil ? [] : [("Content-Type", "application/json")]
        return try await send(method, target, [("Authorization", "Bearer \(token)")] + type + fields, body: body ?? "")
    }

    /// A request that the metadata server has signed.
    func sendSigned(_ method: String, _ target: String, _ fields: [(String, String)] = [], body: String? = nil) async throws -> Answer {
        try await send(method, target, try peers.signed(method, target, fields, body: body), body: body ?? "")
    }

    /// A galaxy of the metadata server with the id `g1`, owned by `u1`.
    func makeGalaxy(_ id: String = "g1", owner: String = "u1", more: String = "") async throws {
        let made = try await sendSigned("POST", "/galaxy", body: #"{"id":"\#(id)","name":"Galaxy","ownerId":"\#(owner)"\#(more)}"#)
        guard made.status == 201 else { throw Answer.Unexpected(answer: made) }
    }

    /// Somebody who has registered here, with a token of a login of the Chat API.
    func register(_ username: String) async throws -> (userID: String, token: String) {
        let login = try await community.register(Registration(username: username, password: "correct horse"), address: "192.0.2.1")
        let token = AccessTokenCodec(key: Self.accessKey).sign(
            AccessToken(
                accountID: login.account.id.rawValue, username: username, sessionID: login.sessionID.rawValue, issuedAt: clock.now,
                expiresAt: clock.now.adding(seconds: 3_600)))
        return (String(login.account.id.rawValue), token)
    }
}
