import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.6: two people have one direct channel, which nobody else comes into and which never ends.
struct DirectChannelTests {
    @Test(arguments: TestEngine.available) func twoPeopleHaveOne(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let (channel, isNew) = try await world.community.openDirectChannel(by: ada, with: eve)
            #expect(isNew && channel.recipients.map(\.id) == [ada, eve] && channel.name == nil && channel.spaceID == nil)
            let again = try await world.community.openDirectChannel(by: eve, with: ada)
            #expect(!again.isNew && again.0 == channel)
            guard case .channelCreated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == channel)
        }
    }

    @Test(arguments: TestEngine.available) func manyAtOnceOpenOne(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let (other, database) = try await world.openAgain()
            let opened = try await withThrowingTaskGroup(of: (ChannelID, Bool).self) { group in
                for number in 0..<12 {
                    let (community, pair) = (number % 2 == 0 ? world.community : other, number % 3 == 0 ? (ada, eve) : (eve, ada))
                    group.addTask {
                        let (channel, isNew) = try await community.openDirectChannel(by: pair.0, with: pair.1)
                        return (channel.id, isNew)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await database.close()
            #expect(Set(opened.map(\.0)).count == 1 && opened.count(where: { $0.1 }) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func theListIsByLastActivity(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let first = try await world.community.openDirectChannel(by: ada, with: eve).0.id
            let second = try await world.community.openDirectChannel(by: joan, with: ada).0.id
            #expect(try await world.community.directChannels(of: ada).map(\.id) == [second, first])
            _ = try await world.community.createMessage(in: first, by: eve, content: "hi")
            #expect(try await world.community.directChannels(of: ada).map(\.id) == [first, second])
            #expect(try await world.community.directChannels(of: eve).map(\.id) == [first])
        }
    }

    @Test(arguments: TestEngine.available) func whatIsRefusedChangesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let community = world.community
            let channel = try await community.openDirectChannel(by: ada, with: eve).0.id
            let message = try await community.createMessage(in: channel, by: ada, content: "hi").0.id
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.cannotMessageOneself) { try await community.openDirectChannel(by: ada, with: ada) }
            await #expect(throws: CommunityError.unknownAccount) { try await community.openDirectChannel(by: ada, with: AccountID(1)) }
            await #expect(throws: CommunityError.notInDirectChannel) { try await community.deleteChannel(channel, by: ada) }
            await #expect(throws: CommunityError.notInDirectChannel) {
                try await community.updateChannel(channel, by: ada, ChannelChanges(name: "ours"))
            }
            await #expect(throws: CommunityError.missingPermission(.manageMessages)) {
                try await community.deleteMessage(message, in: channel, by: eve)
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    @Test(arguments: TestEngine.available) func nobodyOpensMoreThanTheLimit(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let kim = try await world.account("kim")
            _ = try await world.database.transaction { tx in
                for number in 1...Int64(Limits.directChannelsPerAccount) {
                    try tx.execute(
                        """
                        INSERT INTO channels (
                            id, owner_id, kind, access, position, default_permissions, inherits_default, override_count, created_at)
                        VALUES ($1, $2, 1, 3, 0, 0, 1, 0, 0)
                        """, [.integer(number), .integer(ada.rawValue)])
                    for account in [ada, kim] {
                        try tx.execute(
                            "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at) VALUES ($1, $2, 0, 0)",
                            [.integer(number), .integer(account.rawValue)])
                    }
                }
            }
            await #expect(throws: CommunityError.limitReached(name: "direct channels per account", limit: 1_000)) {
                try await world.community.openDirectChannel(by: ada, with: eve)
            }
            #expect(try await world.community.openDirectChannel(by: joan, with: ada).isNew)
            // Whom many have written to can write to others all the same.
            #expect(try await world.community.openDirectChannel(by: kim, with: eve).isNew)
            #expect(try await world.community.directChannels(of: ada).count == Limits.directChannelsPerAccount)
        }
    }
}
