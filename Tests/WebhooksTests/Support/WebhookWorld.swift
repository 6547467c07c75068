import Community
import HTTPClient
import JSON
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// A galaxy `g1` of `u1` on an empty database, an engine that the test drives, and a receiver that answers as it is told.
struct WebhookWorld: Sendable {
    static let origin = "https://metadata.example.net"
    static let metadata = Actor.metadataServer(origin: origin)
    static let url = "https://hooks.example.net/in"

    let community: Community
    let database: Database
    let engine: WebhookEngine
    let receiver: Receiver
    let clock: ManualClock
    let configuration: DatabaseConfiguration
    let key: Ed25519PrivateKey
    let reports: Reports
    private(set) var space = SpaceID(0)
    private(set) var owner = AccountID(0)

    /// What the engine has reported.
    final class Reports: Sendable {
        private let errors = Mutex<[any Error]>([])
        var all: [any Error] { errors.withLock { $0 } }
        func add(_ error: any Error) { errors.withLock { $0.append(error) } }
    }

    static let loops = EventLoopGroup(count: 1)
    static let hasher = PasswordHasher(cost: .minimum)

    private init(
        _ configuration: DatabaseConfiguration, _ clock: ManualClock, _ receiver: Receiver, _ settings: WebhookSettings
    ) async throws {
        let database = try await Database.open(
            configuration, schemas: [Community.schema, WebhookEngine.schema], loops: Self.loops
        ) { clock.now }
        let community = Community(database: database, passwordHasher: Self.hasher) { clock.now }
        let key = try #require(Ed25519PrivateKey(seed: Array(1...32)))
        let reports = Reports()
        self.key = key
        self.reports = reports
        self.community = community
        self.database = database
        self.receiver = receiver
        self.clock = clock
        self.configuration = configuration
        engine = WebhookEngine(
            database: database, community: community, sender: receiver.sender, addressGuard: AddressGuard(), settings: settings,
            signingKey: { key }, render: Self.render, clock: { clock.now }, random: { 0 }, report: reports.add)
    }

    /// Runs `body` in a world that is gone afterwards.
    static func run(
        on testEngine: TestEngine, settings: WebhookSettings = WebhookSettings(), _ body: (WebhookWorld) async throws -> Void
    ) async throws {
        try await testEngine.withDatabase { configuration in
            var world = try await WebhookWorld(configuration, ManualClock(), Receiver(), settings)
            do {
                try await world.community.prepare()
                try await world.community.addOperator("u1")
                let draft = try GalaxyDraft(id: "g1", name: "Rookery", ownerID: "u1")
                let galaxy = try await world.community.createGalaxy(draft, by: .actor(Self.metadata), address: "192.0.2.1").galaxy
                world.space = galaxy.space.id
                world.owner = try await world.community.account(cosmosUser: "u1").id
                try await body(world)
            } catch {
                await world.database.close()
                throw error
            }
            await world.database.close()
        }
    }

    /// The same database, as another process has it, or this one after a restart. Whoever opens it closes its database.
    func openAgain(settings: WebhookSettings = WebhookSettings()) async throws -> WebhookWorld {
        var other = try await WebhookWorld(configuration, clock, receiver, settings)
        (other.space, other.owner) = (space, owner)
        return other
    }

    /// Type, ids, and a text that grows with what happened.
    private static func render(_ event: SpaceEvent) -> RenderedEvent {
        func data(_ isThin: Bool) -> [UInt8] {
            var json = JSONWriter(capacity: 256)
            json.object { json in
                json.member("galaxyId", event.galaxyID)
                if let channel = event.channelID { json.member("channelId", channel) }
                if let author = event.authorID { json.member("authorId", author) }
                if isThin { json.member("truncated", true) } else { json.member("text", text(of: event)) }
            }
            return json.bytes
        }
        return RenderedEvent(data: data(false), thinData: data(true))
    }

    private static func text(of event: SpaceEvent) -> String {
        switch event.content {
        case .messageCreated(let message), .messageUpdated(let message):
            // What is too large in a real galaxy is many members of an object; here it is one long text.
            message.content.hasPrefix("x") ? String(repeating: "x", count: Int(message.content.dropFirst()) ?? 0) : message.content
        case .channelCreated(let channel), .channelUpdated(let channel): channel.channel.name ?? ""
        case .channelDeleted(let channel): channel.name ?? ""
        case .galaxyUpdated(let galaxy): galaxy.space.name
        case .memberJoined(let member), .memberUpdated(let member): member.userID
        case .memberLeft(let user): user
        default: ""
        }
    }
}
