import Federation
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

/// A server that trusts a metadata server and an identity server, on an empty database, with a clock that the test moves.
struct TrustWorld: Sendable {
    static let origin = "https://galaxy.example.com"
    static let metadata = KeySource(
        role: .metadata, origin: "https://metadata.example.net",
        keysURL: "https://metadata.example.net/.well-known/http-message-signatures-directory")
    static let identity = KeySource(
        role: .identity, origin: "https://identity.example.net", issuer: "https://identity.example.net",
        keysURL: "https://identity.example.net/.well-known/jwks.json")

    let federation: Federation
    let database: Database
    let others: OtherServers
    let clock: ManualClock
    let settings: FederationSettings
    private let configuration: DatabaseConfiguration
    private let folder: String
    private let reported: Reported

    private static let loops = EventLoopGroup(count: 1)

    private final class Reported: Sendable {
        let notices = Mutex<[KeyNotice]>([])
    }

    /// What the operator was told.
    var notices: [KeyNotice] { reported.notices.withLock { $0 } }

    /// The time in seconds.
    var now: Int64 { clock.now.seconds }

    private init(
        _ configuration: DatabaseConfiguration, _ folder: String, _ settings: FederationSettings, _ others: OtherServers,
        _ clock: ManualClock
    ) async throws {
        let reported = Reported()
        database = try await Database.open(configuration, schemas: [Federation.schema], loops: Self.loops) { clock.now }
        federation = Federation(
            database: database, sender: others.sender, settings: settings,
            serverKeys: try ServerKeys(folder: folder) { clock.now }, clock: { clock.now },
            report: { notice in reported.notices.withLock { $0.append(notice) } })
        self.configuration = configuration
        self.folder = folder
        self.settings = settings
        self.others = others
        self.clock = clock
        self.reported = reported
    }

    /// Runs `body` in a world that is gone afterwards. The two servers publish the keys 1 and 101.
    static func run(
        on engine: TestEngine, clock: ManualClock = ManualClock(), _ change: (inout FederationSettings) throws -> Void = { _ in },
        _ body: (TrustWorld) async throws -> Void
    ) async throws {
        var settings = FederationSettings(publicOrigin: PublicOrigin(origin), sources: [metadata, identity])
        try change(&settings)
        let others = OtherServers()
        others.publish([try TestKeys.key(1)], at: metadata.keysURL)
        others.publish([try TestKeys.key(101)], at: identity.keysURL)
        try await engine.withDatabase { configuration in
            try await TestFolder.with { folder in
                try await TrustWorld(configuration, folder, settings, others, clock).closing(body)
            }
        }
    }

    /// Runs `body` in another process, as far as that can be told from here: with the same database, and nothing in memory.
    func again(_ change: (inout FederationSettings) -> Void = { _ in }, _ body: (TrustWorld) async throws -> Void) async throws {
        var settings = settings
        change(&settings)
        try await TrustWorld(configuration, folder, settings, others, clock).closing(body)
    }

    private func closing(_ body: (TrustWorld) async throws -> Void) async throws {
        do {
            try await body(self)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
