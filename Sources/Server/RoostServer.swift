internal import Blobs
internal import Chat
internal import Community
internal import Cosmos
internal import Dawchat
internal import Dialect
internal import Federation
internal import Gale
internal import Gateway
internal import HTTP
internal import HTTPClient
internal import Observability
internal import Primitives
internal import Reactor
internal import Reileta
internal import Security
internal import Storage
internal import Webhooks

/// The composition root: makes every part of the house and ends them in order.
final class RoostServer: Sendable {
    /// How long requests may take that have begun when the server is told to stop.
    static let drainDeadline = Duration.seconds(10)
    /// Requests to other servers for people at a time: a few servers that do not answer shall not keep the others from being asked.
    private static let peerConcurrency = 256

    /// Where it serves.
    let address: SocketAddress
    /// The canonical origin, or the address when none is set.
    let url: String
    /// For the first administrator, nil when there is one.
    let setupCode: String?

    private let group: EventLoopGroup
    /// Sends to addresses that strangers have chosen.
    private let client: HTTPClient
    /// Asks the servers that the operator has named: for keys, files and people. However slow a stranger's name is, none of that depends on it.
    private let knownClient: HTTPClient
    /// Asks servers of the Reileta kind, which strangers name too.
    private let peerClient: HTTPClient
    private let webhooks: WebhookEngine
    private let blobs: BlobStore
    private let archiveWorkers = WorkerPool(name: "archives", threads: 1, queueLimit: 256)
    /// One picture at a time: reading one may take hundreds of megabytes.
    private let pictureWorkers = WorkerPool(name: "pictures", threads: 1, queueLimit: 64)
    /// Nil when the operator has no check.
    private let assetChecker: AssetChecker?
    private let database: Database
    private let passwords: PasswordHasher
    private let server: HTTPServer
    private let dialects: Dialects
    private let health: Health
    private let lock: DataFolderLock
    private let logger: Logger

    /// Opens the data folder and begins to serve.
    ///
    /// - Throws: `DatabaseError`, `KeyFile.Failure`, `Listener.Failure`, `ConfigurationError` for a bootstrap that breaks the rules.
    init(_ configuration: Configuration, logger: Logger) async throws {
        assetChecker = try configuration.reileta.assetCheck.map { setting throws(ConfigurationError) in
            try AssetChecker(setting) { logger.log(.warning, "The check of files failed", [("reason", .text($0))]) }
        }
        let folder = try DataFolder(configuration.dataFolder)
        lock = try folder.lock()
        let key = try KeyFile.loadOrCreate(folder.keyFile)
        let loops = configuration.loops ?? EventLoopGroup.defaultCount
        group = EventLoopGroup(count: loops)
        self.logger = logger
        do {
            database = try await Database.open(configuration.database(in: folder), schemas: Self.schemas, loops: group)
        } catch {
            group.stop()
            throw error
        }
        let origin = PublicOrigin(configuration.publicURL ?? "http://\(configuration.listen)")
        if configuration.gale.hasShortSecret {
            logger.log(
                .warning, "gale.jwt_secret can be guessed by whoever has a token",
                [("reason", .text("it is shorter than \(GaleConfiguration.secretLength) bytes"))])
        }
        let addressGuard = AddressGuard(allowed: configuration.guardAllows, own: AddressGuard.ownAddresses())
        let authorities = configuration.authorities
        client = HTTPClient(
            guard: addressGuard, ownName: configuration.publicURL.map { PublicOrigin($0).host }, authorities: authorities)
        knownClient = HTTPClient(guard: addressGuard, authorities: authorities)
        peerClient = HTTPClient(
            guard: configuration.peerGuard,
            ownName: configuration.reileta.allowsInsecurePeers ? nil : configuration.publicURL.map { PublicOrigin($0).host },
            authorities: authorities, concurrency: Self.peerConcurrency)
        let known = OutboundSender(knownClient)
        blobs = BlobStore(database: database, place: configuration.blobs.place { known }, folder: folder.path)
        try await blobs.prepare()
        let federation = Federation(
            database: database, sender: known, settings: configuration.federationSettings(origin),
            serverKeys: try ServerKeys(folder: folder.path, clock: { .now() }),
            report: { logger.log(.warning, "Keys of another server", [("what", .text($0.description))]) },
            audit: { try Community.auditKeyTrust($0.description, in: $1) })
        passwords = PasswordHasher(cost: configuration.passwordCost)
        let community = Community(database: database, passwordHasher: passwords, settings: configuration.communitySettings)
        try await community.prepare()
        if let bootstrap = configuration.bootstrap {
            do {
                try await community.bootstrapAdministrator(username: bootstrap.username, password: bootstrap.password)
            } catch CommunityError.invalid(let fields) {
                throw ConfigurationError(place: bootstrap.place, reason: "registration.bootstrap: \(fields.sentence)")
            }
        }
        setupCode = try await community.renewSetupCode()
        let registryServer = try await community.registryServer()

        let connections = OpenFileLimit.connections(atMost: configuration.connectionLimit, loops: loops)
        let position = try await community.eventPosition().latest
        let hub = Hub(group: group, startingAfter: position, bus: InProcessBus())
        let presence = PresenceBoard(
            hub: hub, loop: group.next(), settings: configuration.presenceSettings, audiences: community.presenceAudiences
        ) { logger.log(.error, "Presence could not be told", [("reason", .text(String(describing: $0)))]) }
        health = Health()
        let metrics = ServerMetrics()
        var routes = RouteGroup()
        OperationalRoutes(health: health, metrics: metrics.registry).mount(on: &routes)
        webhooks = WebhookEngine(
            database: database, community: community, sender: OutboundSender(client), addressGuard: addressGuard,
            settings: configuration.webhookSettings, signingKey: { federation.serverKeys.current().signing },
            render: EventRendering(origin: origin).render,
            report: { logger.log(.warning, "Webhooks failed", [("reason", .text(String(describing: $0)))]) })
        try await webhooks.prepare(isAlone: configuration.databaseURL == "sqlite")
        database.follow(
            EventFollower(after: position, fill: community.filled) { [webhooks] events in
                presence.follow(events)
                hub.publish(events)
                webhooks.wake()
            })
        dialects = Dialects(
            configuration,
            services: DialectServices(
                community: community, hub: hub, presence: presence,
                limits: RequestLimits(configuration.requestLimits, limiter: RateLimiter(), clock: { .now() }), group: group,
                clock: { .now() }, openSocketLimit: max(connections / 4, 16),
                clientAddress: ClientAddress(trustedProxies: configuration.trustedProxies).callAsFunction,
                reportFailure: { logger.log(.error, "A request failed", [("reason", .text(String(describing: $0)))]) }),
            federation: federation, webhooks: webhooks,
            gale: { [blobs, archiveWorkers] services in
                GaleServices(
                    shared: services,
                    archives: ProfileArchives(blobs, workers: archiveWorkers, limit: configuration.gale.profileLimit), sender: known,
                    addressGuard: addressGuard)
            },
            reileta: { [blobs, pictureWorkers, assetChecker, database, peerClient] services in
                ReiletaServices(
                    shared: services, files: RegistryFiles(blobs, workers: pictureWorkers, checker: assetChecker), server: registryServer,
                    sockets: SocketRegistry(limit: configuration.reileta.socketsPerUser),
                    peers: {
                        Peers(
                            database: database, sender: OutboundSender(peerClient), settings: configuration.peerSettings, own: $0,
                            clock: services.clock)
                    }, peerRecords: PeerRecords(database: database, audit: { try Community.auditKeyTrust($0.description, in: $1) }),
                    isTrustedProxy: ClientAddress(trustedProxies: configuration.trustedProxies).isProxied)
            }, origin: origin, key: key, metrics: metrics.registry, logger: logger)
        try await dialects.prepare()
        dialects.mount(on: &routes)
        let router = Router(routes)
        var hooks = metrics.hooks(logger, router: router)
        hooks.errorResponse = { [dialects] error, path in dialects.errorResponse(error, path: path) }
        var limits = HTTPLimits()
        limits.connections = connections
        server = try await HTTPServer.start(on: configuration.listen, group: group, router: router, limits: limits, hooks: hooks)
        address = server.address
        if configuration.publicURL == nil { origin.settle("http://\(server.address)") }
        url = configuration.publicURL ?? origin.text
        webhooks.start(on: group.next())
        dialects.start(on: group.next())
        Maintenance(
            community: community, federation: federation, webhooks: webhooks, blobs: blobs, database: database,
            retentionDays: configuration.retentionDays, logger: logger
        )
        .start(on: group.next())
        Self.lookForEvents(of: database, on: group.next())
        health.enter(.ready)
    }

    /// The parts of the house that keep data.
    static let schemas = [Schema.blobs, Community.schema, Federation.schema, WebhookEngine.schema]

    /// `roost admin` and other nodes write to the same database: what they did is looked for once a second.
    private static func lookForEvents(of database: Database, on loop: EventLoop) {
        loop.execute {
            database.lookForEvents()
            loop.schedule(after: .seconds(1)) { lookForEvents(of: database, on: loop) }
        }
    }

    /// Ends in order: no new work, sockets sent away to resume later, what has begun finished, everything on disk.
    func stop() async {
        health.enter(.draining)
        dialects.drain()
        await server.drain(deadline: Self.drainDeadline)
        await dialects.drained(deadline: Self.drainDeadline)
        assetChecker?.stop()
        webhooks.stop()
        client.stop()
        knownClient.stop()
        peerClient.stop()
        await webhooks.drained(deadline: .seconds(2))
        await database.close()
        blobs.stop()
        archiveWorkers.stop()
        pictureWorkers.stop()
        passwords.stop()
        group.stop()
    }
}
