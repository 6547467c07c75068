import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, row 21, and 3.11: removing members from a channel of the home space.
struct MemberRemovalTests {
    @Test(arguments: TestEngine.available) func whoIsRemovedIsToldSo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let channel = try await world.homeChannel(by: people.ada)
            for account in [people.eve, people.joan, people.kim] { try await world.community.joinChannel(channel, by: account) }
            let count = world.events.count
            try await world.community.removeMembers([people.joan, people.eve, people.joan], from: channel, by: people.ada)
            #expect(world.kinds(after: count) == [.channelHidden, .channelMemberRemoved, .channelHidden, .channelMemberRemoved])
            for (index, account) in [people.eve, people.joan].enumerated() {
                guard case .channelHidden(_, account, .removed) = world.changes[count + 2 * index],
                    case .channelMemberRemoved(channel, _, account) = world.changes[count + 2 * index + 1]
                else { return #expect(Bool(false), "\(world.changes.dropFirst(count))") }
            }
            #expect(try await world.community.members(of: channel, for: people.ada).map(\.author.id) == [people.ada, people.kim])
            let audited = try await world.database.read { reader in
                try reader.query("SELECT subject_id, details FROM audit_log WHERE action = 'channel_member_removed' ORDER BY id") {
                    "\(try $0.integer(0)) \(try $0.text(1))"
                }
            }
            #expect(audited == [people.eve, people.joan].map { "\($0.rawValue) \(channel.rawValue)" })
            // Whoever is removed may come again.
            try await world.community.joinChannel(channel, by: people.eve)
        }
    }

    /// An invite of somebody who was sent away would be a way back; one of somebody who has left is as good as before.
    @Test(arguments: TestEngine.available) func invitesOfWhoWasRemovedExpire(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let channel = try await world.homeChannel(by: people.ada, isPublic: false)
            for (name, account) in [("eve", people.eve), ("joan", people.joan)] {
                _ = try await world.bring(name, to: channel, by: people.ada, with: [.reading, .createInvite])
                let friend = try await world.account("friend-of-\(name)")
                let invite = try await world.community.inviteToChannel(
                    channel, by: account, username: "friend-of-\(name)", permissions: .reading)
                if name == "eve" {
                    try await world.community.removeMembers([account], from: channel, by: people.ada)
                    await #expect(throws: CommunityError.invalidChannelInvite) {
                        try await world.community.joinChannel(channel, by: friend, invite: invite.id)
                    }
                } else {
                    try await world.community.leaveChannel(channel, by: account)
                    try await world.community.joinChannel(channel, by: friend, invite: invite.id)
                }
            }
        }
    }

    /// The right to remove is given on; it does not reach the owner.
    @Test(arguments: TestEngine.available) func otherMembersMayRemoveToo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let channel = try await world.homeChannel(by: people.ada, isPublic: false)
            _ = try await world.bring("eve", to: channel, by: people.ada, with: .kickMembers)
            _ = try await world.bring("joan", to: channel, by: people.ada, with: [.kickMembers, .reading])
            await #expect(throws: CommunityError.cannotRemoveOwner) {
                try await world.community.removeMembers([people.ada], from: channel, by: people.eve)
            }
            try await world.community.removeMembers([people.joan], from: channel, by: people.eve)
            #expect(try await world.community.members(of: channel, for: people.ada).map(\.author.id) == [people.ada, people.eve])
        }
    }

    /// "404 ChannelNotFound; 409 CantSelfRemove; 403 NoPermission; 409 UserNotInChannel; 409 CantRemoveOwner", each over all ids; nobody is
    /// removed when one cannot be.
    @Test(arguments: TestEngine.available) func removingIsRefusedInOrder(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let channel = try await world.homeChannel(by: people.ada)
            try await world.community.joinChannel(channel, by: people.eve)
            _ = try await world.bring("joan", to: channel, by: people.ada, with: .kickMembers)
            let nobody = AccountID(1)
            let before = try await world.rowCounts()
            func expect(_ error: CommunityError, _ ids: [AccountID], from channel: ChannelID, by account: AccountID) async {
                await #expect(throws: error) { try await world.community.removeMembers(ids, from: channel, by: account) }
            }
            await expect(.unknownChannel, [people.ada], from: ChannelID(1), by: people.ada)
            await expect(.cannotRemoveOneself, [nobody, people.ada, people.kim], from: channel, by: people.kim)
            await expect(.cannotRemoveOneself, [people.kim, people.joan, people.ada], from: channel, by: people.joan)
            await expect(.missingAccess, [nobody, people.ada], from: channel, by: people.kim)
            await expect(.missingPermission(.kickMembers), [nobody, people.ada], from: channel, by: people.eve)
            await expect(.unknownMember, [people.eve, people.kim, people.ada], from: channel, by: people.joan)
            await expect(.unknownMember, [nobody], from: channel, by: people.joan)
            await expect(.cannotRemoveOwner, [people.eve, people.ada], from: channel, by: people.joan)
            // Nobody to remove: the channel is looked at all the same.
            await expect(.unknownChannel, [], from: ChannelID(1), by: people.ada)
            await expect(.missingAccess, [], from: channel, by: people.kim)
            await expect(.missingPermission(.kickMembers), [], from: channel, by: people.eve)
            try await world.community.removeMembers([], from: channel, by: people.ada)
            #expect(try await world.rowCounts() == before)
        }
    }

    /// 3.11: without a channel the only one that fits is meant.
    @Test(arguments: TestEngine.available) func theChannelIsFoundByItsMembers(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let perch = try await world.homeChannel(by: people.ada)
            let nest = try await world.homeChannel(by: people.ada, name: "nest")
            // One in which ada cannot remove anybody does not fit.
            let foreign = try await world.homeChannel(by: people.kim, name: "foreign")
            for (account, channels) in [(people.eve, [perch, nest, foreign]), (people.joan, [perch, foreign]), (people.ada, [foreign])] {
                for channel in channels { try await world.community.joinChannel(channel, by: account) }
            }
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.ambiguousChannel) {
                try await world.community.removeMembers([people.eve], from: nil, by: people.ada)
            }
            #expect(try await world.rowCounts() == before)
            try await world.community.removeMembers([people.joan, people.eve, people.joan], from: nil, by: people.ada)
            #expect(try await world.community.members(of: perch, for: people.ada).map(\.author.id) == [people.ada])
            #expect(try await world.community.members(of: nest, for: people.ada).map(\.author.id) == [people.ada, people.eve])
            #expect(try await world.community.members(of: foreign, for: people.kim).count == 4)
            // Now there is only one left for eve.
            try await world.community.removeMembers([people.eve], from: nil, by: people.ada)
            #expect(try await world.community.members(of: nest, for: people.ada).count == 1)
        }
    }

    /// 3.11, "none": unknown users, oneself, or nobody of them.
    @Test(arguments: TestEngine.available) func whereNoChannelFitsItIsSaidWhy(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let channel = try await world.homeChannel(by: people.ada)
            try await world.community.joinChannel(channel, by: people.eve)
            _ = try await world.space(by: people.ada)
            let before = try await world.rowCounts()
            func expect(_ error: CommunityError, _ ids: [AccountID], by account: AccountID) async {
                await #expect(throws: error) { try await world.community.removeMembers(ids, from: nil, by: account) }
            }
            await expect(.unknownChannel, [people.kim, AccountID(1)], by: people.ada)
            await expect(.unknownChannel, [people.kim, people.ada, AccountID(1)], by: people.ada)
            await expect(.cannotRemoveOneself, [people.kim, people.ada], by: people.ada)
            await expect(.unknownMember, [people.eve, people.kim], by: people.ada)
            await expect(.unknownMember, [people.ada], by: people.eve)
            // One channel fits: its errors are those of a channel that is named.
            await expect(.cannotRemoveOneself, [people.ada], by: people.ada)
            try await world.community.removeMembers([], from: nil, by: people.ada)
            try await world.community.removeMembers([], from: nil, by: people.kim)
            #expect(try await world.rowCounts() == before)
        }
    }

    private static func people(in world: TestWorld) async throws -> (ada: AccountID, eve: AccountID, joan: AccountID, kim: AccountID) {
        (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"), try await world.account("kim"))
    }
}
