import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, rows 10, 12, 15 and 20: who is in which channel of the home space.
struct MembershipTests {
    /// A page goes on after the last one, also among those who have joined in the same moment.
    @Test(arguments: TestEngine.available) func membersAreReadInPages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            for number in 0..<7 {
                try await world.community.joinChannel(channel, by: try await world.account("bird\(number)"))
                if number.isMultiple(of: 3) { world.clock.advance(seconds: 1) }
            }
            let all = try await world.community.members(of: channel, for: ada)
            #expect(all.count == 8 && all.first?.author.id == ada)
            for size in 1...3 {
                var paged: [ChannelMember] = []
                while true {
                    let page = try await world.community.members(of: channel, for: ada, after: paged.last, limit: size)
                    paged += page
                    if page.count < size { break }
                }
                #expect(paged == all)
            }
        }
    }

    /// "Joining a public channel without an invite: read, write, invite"; with the first channel one comes to the home space.
    @Test(arguments: TestEngine.available) func anybodyMayJoinAPublicChannel(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let first = try await world.homeChannel(by: ada)
            let second = try await world.homeChannel(by: ada, name: "nest")
            let note = try #require(try await world.community.membership(of: ada, in: first).lastReadID)
            world.clock.advance(seconds: 1)
            let count = world.events.count
            let joined = try await world.community.joinChannel(first, by: eve)
            #expect(joined.permissions == .joinedChannel && joined.joinedAt == world.clock.now && joined.lastReadID == nil)
            #expect(joined.channel.lastMessageID == note && joined.account == eve && joined.channel.ownerID == ada)
            #expect(world.kinds(after: count) == [.memberAdded, .channelMemberAdded])
            #expect(try await world.community.membership(of: eve, in: first) == joined)
            world.clock.advance(seconds: 1)
            try await world.community.joinChannel(second, by: eve)
            #expect(world.kinds(after: count + 2) == [.channelMemberAdded])
            #expect(world.events.last?.scope == .channel && world.events.last?.scopeID == second.rawValue)
        }
    }

    /// Row 10: "by joining order"; row 20 lists members in the same order.
    @Test(arguments: TestEngine.available) func listsAreInTheOrderOfJoining(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let channels = [
                try await world.homeChannel(by: ada, name: "one"), try await world.homeChannel(by: ada, name: "two", isPublic: false),
                try await world.homeChannel(by: ada, name: "three"),
            ]
            world.clock.advance(seconds: 1)
            try await world.community.joinChannel(channels[2], by: joan)
            #expect(try await world.bring("eve", to: channels[2], by: ada, with: [.reading, .kickMembers]) == eve)
            #expect(try await world.bring("eve", to: channels[1], by: ada) == eve)
            world.clock.advance(seconds: 1)
            try await world.community.joinChannel(channels[0], by: eve)
            _ = try await world.space(by: eve)
            _ = try await world.community.openDirectChannel(by: eve, with: ada)
            #expect(try await world.community.memberships(of: eve).map(\.channel.id) == [channels[2], channels[1], channels[0]])
            let members = try await world.community.members(of: channels[2], for: eve)
            #expect(members.map(\.author.id) == [ada, joan, eve] && members.map(\.author.username) == ["ada", "joan", "eve"])
            #expect(members.map(\.permissions) == [.ownedChannel, .joinedChannel, [.reading, .kickMembers]])
            #expect(try await world.community.memberships(of: AccountID(1)).isEmpty)
        }
    }

    /// Rows 12 and 20: 404 for what is no channel here, 403 for those who are no members.
    @Test(arguments: TestEngine.available) func membersOnlyLookAtAChannel(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let (open, secret) = (try await world.homeChannel(by: ada), try await world.homeChannel(by: ada, name: "nest", isPublic: false))
            for channel in [open, secret] {
                await #expect(throws: CommunityError.missingAccess) { try await world.community.membership(of: eve, in: channel) }
                await #expect(throws: CommunityError.missingAccess) { try await world.community.members(of: channel, for: eve) }
            }
            let direct = try await world.community.openDirectChannel(by: ada, with: eve).0.id
            for channel in [ChannelID(1), direct, try await world.space(by: ada).general] {
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.membership(of: ada, in: channel) }
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.members(of: channel, for: ada) }
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.joinChannel(channel, by: ada) }
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.leaveChannel(channel, by: ada) }
            }
        }
    }

    /// 1.4: "with an invite: the invite's list (also in a public channel)"; detail 15: "an invite is spent by joining".
    @Test(arguments: TestEngine.available, [true, false])
    func anInviteSaysWhatItsUserMayDo(_ engine: TestEngine, _ isPublic: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada, isPublic: isPublic)
            let invite = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .manageChannels)
            let joined = try await world.community.joinChannel(channel, by: eve, invite: invite.id)
            #expect(joined.permissions == [.reading, .manageChannels])
            #expect(try await world.status(of: invite.id) == 1)
            try await world.community.leaveChannel(channel, by: eve)
            await #expect(throws: CommunityError.invalidChannelInvite) {
                try await world.community.joinChannel(channel, by: eve, invite: invite.id)
            }
        }
    }

    /// Detail 15: "Joining a public channel without using one's pending invite … mark it expired". Those of others stay.
    @Test(arguments: TestEngine.available) func whoJoinsWithoutTheInviteLosesIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            try await world.register("joan")
            let (channel, other) = (try await world.homeChannel(by: ada), try await world.homeChannel(by: ada, name: "nest"))
            let own = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .ownedChannel).id
            let elsewhere = try await world.community.inviteToChannel(other, by: ada, username: "eve", permissions: .reading).id
            let foreign = try await world.community.inviteToChannel(channel, by: ada, username: "joan", permissions: .reading).id
            #expect(try await world.community.joinChannel(channel, by: eve).permissions == .joinedChannel)
            #expect(try await world.status(of: own) == 4)
            #expect(try await world.status(of: elsewhere) == 0)
            #expect(try await world.status(of: foreign) == 0)
        }
    }

    /// Row 15: the errors in their order; nothing is changed by any.
    @Test(arguments: TestEngine.available) func joiningIsRefusedInOrder(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let (open, secret) = (try await world.homeChannel(by: ada), try await world.homeChannel(by: ada, name: "nest", isPublic: false))
            let forJoan = try await world.community.inviteToChannel(secret, by: ada, username: "joan", permissions: .reading).id
            let forOpen = try await world.community.inviteToChannel(open, by: ada, username: "eve", permissions: .reading).id
            let revoked = try await world.community.inviteToChannel(secret, by: ada, username: "eve", permissions: .reading).id
            try await world.community.removeChannelInvites([revoked], by: ada)
            let before = try await world.rowCounts()
            func expect(_ error: CommunityError, _ id: ChannelID, by account: AccountID, _ invite: ChannelInviteID?) async {
                await #expect(throws: error) { try await world.community.joinChannel(id, by: account, invite: invite) }
            }
            await expect(.unknownChannel, ChannelID(1), by: eve, forJoan)
            await expect(.alreadyMember, secret, by: ada, ChannelInviteID(1))
            await expect(.unknownChannelInvite, secret, by: eve, ChannelInviteID(1))
            await expect(.unknownChannelInvite, open, by: eve, ChannelInviteID(1))
            await expect(.invalidChannelInvite, secret, by: eve, forJoan)
            await expect(.invalidChannelInvite, secret, by: eve, forOpen)
            await expect(.invalidChannelInvite, secret, by: eve, revoked)
            await expect(.missingAccess, secret, by: joan, nil)
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Bounded by design. The invite is not spent when there is no room.
    @Test(arguments: TestEngine.available) func anAccountJoinsABoundedNumberOfChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            let invite = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            try await world.write(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
                INSERT INTO channels (
                    id, space_id, owner_id, name, kind, access, position, default_permissions, inherits_default, override_count, created_at)
                SELECT n, $2, $3, 'channel ' || n, 0, 2, 0, 0, 1, 0, 0 FROM numbers
                """,
                [.integer(Int64(Limits.joinedChannelsPerAccount)), .integer(try await world.home.rawValue), .integer(ada.rawValue)])
            try await world.write(
                "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at) SELECT id, $1, $2, 0 FROM channels WHERE access = 2",
                [.integer(eve.rawValue), .integer(Permissions.reading.rawValue)])
            let full = CommunityError.limitReached(name: "joined channels per account", limit: Limits.joinedChannelsPerAccount)
            await #expect(throws: full) { try await world.community.joinChannel(channel, by: eve) }
            await #expect(throws: full) { try await world.community.joinChannel(channel, by: eve, invite: invite) }
            #expect(try await world.status(of: invite) == 0)
            try await world.write("DELETE FROM channel_members WHERE channel_id = 1")
            try await world.community.joinChannel(channel, by: eve, invite: invite)
        }
    }
}
