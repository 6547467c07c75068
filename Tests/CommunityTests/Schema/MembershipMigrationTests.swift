import Community
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

/// DESIGN section 5: a database of the version before goes on with what it holds.
struct MembershipMigrationTests {
    /// Version 3 gives channels a latest text and a name for searching, and messages an index of notes.
    @Test(arguments: TestEngine.available) func channelsAndMessagesOfVersionTwoStay(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            let loops = EventLoopGroup(count: 1)
            defer { loops.stop() }
            let clock = ManualClock()
            let former = Schema(component: Community.schema.component, migrations: Array(Community.schema.migrations.prefix(2)))
            let old = try await Database.open(configuration, schemas: [former], loops: loops) { clock.now }
            let content: [StaticString] = [
                """
                INSERT INTO spaces (id, name, is_home, member_count, created_at, updated_at)
                VALUES (10, 'Home', 1, 1, 0, 0), (11, 'Rookery', 0, 1, 0, 0)
                """,
                """
                INSERT INTO accounts (id, username, username_key, status, is_administrator, created_at, updated_at)
                VALUES (1, 'ada', 'ada', 0, 0, 0, 0)
                """,
                "INSERT INTO members (space_id, account_id, joined_at) VALUES (10, 1, 0), (11, 1, 0)",
                """
                INSERT INTO channels (
                    id, space_id, owner_id, name, kind, access, position, default_permissions, inherits_default, override_count,
                    last_message_id, created_at)
                VALUES
                    (20, 10, 1, 'Perch 50%', 0, 1, 0, 0, 1, 0, 31, 0), (21, 10, 1, 'Été vide', 0, 1, 1, 0, 1, 0, NULL, 0),
                    (22, 10, 1, 'Secret Perch', 0, 2, 2, 0, 1, 0, 32, 0), (23, 11, NULL, 'perch', 0, 0, 0, 0, 1, 0, 33, 0)
                """,
                "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at) SELECT id, 1, 2147483647, id FROM channels WHERE space_id = 10",
                """
                INSERT INTO messages (channel_id, id, author_id, kind, content, created_at)
                VALUES (20, 30, 1, 0, 'first', 0), (20, 31, 1, 0, 'last', 0), (22, 32, 1, 0, 'secret', 0), (23, 33, 1, 0, 'open', 0)
                """,
            ]
            _ = try await old.transaction { tx in
                for statement in content { try tx.execute(statement) }
            }
            await old.close()

            let database = try await Database.open(configuration, schemas: [Community.schema], loops: loops) { clock.now }
            do {
                let community = Community(database: database, passwordHasher: PasswordHasher(cost: .minimum)) { clock.now }
                try await community.prepare()
                try await Self.expectEverything(in: community)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    private static func expectEverything(in community: Community) async throws {
        let ada = AccountID(1)
        let memberships = try await community.memberships(of: ada)
        #expect(
            memberships.map(\.channel.id.rawValue) == [20, 21, 22]
                && memberships.map(\.channel.name) == ["Perch 50%", "Été vide", "Secret Perch"])
        #expect(memberships.map(\.channel.lastMessageID?.rawValue) == [31, nil, 32])
        #expect(memberships.map(\.channel.lastTextMessageID?.rawValue) == [31, nil, 32])
        let page = try await community.history(
            ofHomeChannel: ChannelID(20), for: ada, before: nil, limit: 100, kinds: Set(MessageKind.allCases))
        #expect(page.map(\.content) == ["last", "first"])
        let notes = try await community.history(
            ofHomeChannel: ChannelID(20), for: ada, before: nil, limit: 100, kinds: [.channelCreate, .channelRename])
        #expect(notes.isEmpty)
        // Public channels of the home space can be found, and nothing else.
        #expect(try await community.searchChannels("PERCH").map(\.id.rawValue) == [20])
        #expect(try await community.searchChannels("%").map(\.id.rawValue) == [20])
        // Letters that no engine folds by itself are found, too.
        #expect(try await community.searchChannels("ÉTÉ").map(\.id.rawValue) == [21])
        #expect(Set(try await community.searchChannels("").map(\.id.rawValue)) == [20, 21])
        // Names are unique from now on.
        await #expect(throws: CommunityError.channelNameTaken) {
            try await community.createHomeChannel(by: ada, name: "Secret Perch", isPublic: true)
        }
        try await community.renameChannel(ChannelID(20), by: ada, to: "Branch")
        let renamed = try await community.membership(of: ada, in: ChannelID(20)).channel
        #expect(renamed.lastTextMessageID == MessageID(31) && renamed.lastMessageID.map { $0 > MessageID(31) } == true)
    }
}
