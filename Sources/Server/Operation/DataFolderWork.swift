internal import Community
internal import Federation
internal import HTTPClient
internal import Primitives
internal import Reactor
internal import Security
internal import Storage

/// What a command does on the data folder, also while the server runs: nobody listens, and nothing is sent.
struct DataFolderWork {
    let configuration: Configuration

    /// The parts that a command may need.
    struct Parts {
        var community: Community
        var federation: Federation
        var database: Database
        /// The path of the data folder.
        var folder: String
    }

    /// Opens the data folder, does the work, and closes it again whatever comes of it.
    func run(_ body: (Parts) async throws -> Void) async throws {
        let folder = try DataFolder(configuration.dataFolder)
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let database = try await Database.open(configuration.database(in: folder), schemas: RoostServer.schemas, loops: group)
        let passwords = PasswordHasher(cost: configuration.passwordCost, threads: 1)
        defer { passwords.stop() }
        do {
            let community = Community(database: database, passwordHasher: passwords, settings: configuration.communitySettings)
            try await community.prepare()
            let federation = Federation(
                database: database, sender: OutboundSender { _ in .failure(.stopped) },
                settings: configuration.federationSettings(PublicOrigin(configuration.publicURL ?? "http://\(configuration.listen)")),
                serverKeys: try ServerKeys(folder: folder.path, clock: { .now() }),
                audit: { try Community.auditKeyTrust($0.description, in: $1) })
            try await body(Parts(community: community, federation: federation, database: database, folder: folder.path))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
