import Community
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

/// A community on an empty database, with a clock that the test moves and the events that were published.
struct TestWorld: Sendable {
    static let password = "correct horse"

    let community: Community
    let database: Database
    let clock: ManualClock
    let configuration: DatabaseConfiguration
    private let published = Published()

    private static let loops = EventLoopGroup(count: 1)
    private static let hasher = PasswordHasher(cost: .minimum)

    private final class Published: Sendable {
        let events = Mutex<[Event]>([])
    }

    private init(_ database: Database, _ configuration: DatabaseConfiguration, _ settings: CommunitySettings, _ clock: ManualClock) {
        self.database = database
        self.configuration = configuration
        self.clock = clock
        community = Community(database: database, passwordHasher: Self.hasher, settings: settings) { clock.now }
        database.follow(
            EventFollower(after: 0, fill: community.filled) { [published] events in published.events.withLock { $0 += events } })
    }

    /// Runs `body` in a world that is gone afterwards.
    static func run(
        on engine: TestEngine, settings: CommunitySettings = CommunitySettings(), _ body: (TestWorld) async throws -> Void
    ) async throws {
        try await engine.withDatabase { configuration in
            let clock = ManualClock()
            let database = try await Database.open(configuration, schemas: [Schema.blobs, Community.schema], loops: loops) { clock.now }
            let world = TestWorld(database, configuration, settings, clock)
            do {
                try await world.community.prepare()
                try await body(world)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// What an account has missed, as long as the log reaches back.
    func missedEvents(for account: AccountID, after: Int64, upTo: Int64, limit: Int) async throws -> MissedEvents {
        try #require(await community.missedEvents(for: account, after: after, upTo: upTo, limit: limit))
    }

    /// A second community on the same database, as another process would have it. Whoever opens it closes its database.
    func openAgain() async throws -> (community: Community, database: Database) {
        let clock = clock
        let database = try await Database.open(configuration, schemas: [Schema.blobs, Community.schema], loops: Self.loops) { clock.now }
        return (Community(database: database, passwordHasher: Self.hasher) { clock.now }, database)
    }

    /// All events that were handed to the publisher, in order.
    var events: [Event] { published.events.withLock { $0 } }

    /// The same with their content.
    var changes: [CommunityEvent] { events.compactMap { $0.live as? CommunityEvent } }

    // MARK: People and places

    @discardableResult
    func register(_ username: String, email: String? = nil) async throws -> LoginSession {
        try await community.register(
            Registration(username: username, password: Self.password, email: email), address: "192.0.2.1")
    }

    func account(_ username: String) async throws -> AccountID {
        try await register(username).account.id
    }

    /// A space and its channel `general`.
    func space(by owner: AccountID, name: String = "Rookery") async throws -> (id: SpaceID, general: ChannelID) {
        let detail = try await community.createSpace(by: owner, name: name, description: nil, iconURL: nil)
        return (detail.space.id, detail.channels.first?.id ?? ChannelID(0))
    }

    func join(_ space: SpaceID, _ account: AccountID, invitedBy owner: AccountID) async throws {
        let invite = try await community.createInvite(space: space, by: owner, maximumAge: 0, maximumUses: 0)
        _ = try await community.acceptInvite(invite.code, by: account)
    }

    /// Gives a member the built-in role that Chat calls admin.
    func promote(_ account: AccountID, in space: SpaceID) async throws {
        _ = try await database.transaction { tx in
            try tx.execute(
                "INSERT INTO member_roles (space_id, account_id, role_id) SELECT $1, $2, id FROM roles WHERE space_id = $1 AND kind = 2",
                [.integer(space.rawValue), .integer(account.rawValue)])
        }
    }

    /// The home space, seen by nobody in particular.
    var home: SpaceID {
        get async throws {
            let id = try await database.read { reader in
                try reader.first("SELECT id FROM spaces WHERE is_home = 1", []) { try $0.integer(0) }
            }
            return SpaceID(id ?? 0)
        }
    }

    /// The first administrator, made with the setup code.
    func administrator(_ username: String = "root") async throws -> AccountID {
        let code = try await community.renewSetupCode()
        let registration = Registration(username: username, password: Self.password, setupCode: code)
        return try await community.register(registration, address: "192.0.2.1").account.id
    }

    /// How many rows each table has, to see that nothing was changed.
    func rowCounts() async throws -> [Int64] {
        try await database.read { reader in
            try reader.first(
                """
                SELECT
                    (SELECT COUNT(*) FROM accounts),
                    (SELECT COUNT(*) FROM sessions),
                    (SELECT COUNT(*) FROM session_tokens),
                    (SELECT COUNT(*) FROM spaces),
                    (SELECT COUNT(*) FROM members),
                    (SELECT CAST(SUM(member_count) AS BIGINT) FROM spaces),
                    (SELECT COUNT(*) FROM channels),
                    (SELECT COUNT(*) FROM channel_members),
                    (SELECT COUNT(*) FROM messages),
                    (SELECT COUNT(*) FROM message_nonces),
                    (SELECT COUNT(*) FROM space_invites),
                    (SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM space_invites),
                    (SELECT COUNT(*) FROM account_invites),
                    (SELECT COUNT(*) FROM settings),
                    (SELECT COUNT(*) FROM audit_log),
                    (SELECT COUNT(*) FROM events),
                    (SELECT COUNT(*) FROM channel_invites),
                    (SELECT COUNT(*) FROM channel_invites WHERE status = 0)
                """, []
            ) { row in try (0..<18).map { try row.integer($0) } } ?? []
        }
    }
}
