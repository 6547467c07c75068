import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, rows 8, 9 and 17 to 19: invites to channels of the home space.
struct ChannelInviteTests {
    @Test(arguments: TestEngine.available) func anInviteIsSeenByBothSides(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("Eve"))
            let channel = try await world.homeChannel(by: ada, isPublic: false)
            let count = world.events.count
            let invite = try await world.community.inviteToChannel(channel, by: ada, username: "Eve", permissions: .sendMessages)
            // "Always included: any invitePerms list gets read".
            #expect(invite.permissions == [.reading, .sendMessages] && invite.createdAt == world.clock.now)
            #expect(invite.sender.id == ada && invite.recipient == Author(id: eve, username: "Eve") && invite.channel.id == channel)
            #expect(world.kinds(after: count) == [.channelInvited])
            guard case .channelInvited(invite)? = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(world.events.last?.scope == .account && world.events.last?.scopeID == eve.rawValue)
            let other = try await world.homeChannel(by: ada, name: "nest")
            let second = try await world.community.inviteToChannel(other, by: ada, username: "Eve", permissions: [])
            #expect(second.permissions == .reading)
            #expect(try await world.community.channelInvites(of: eve) == [invite, second])
            #expect(try await world.community.channelInvites(to: channel, for: ada) == [invite])
            #expect(try await world.community.channelInvites(of: ada).isEmpty)
            await #expect(throws: CommunityError.missingAccess) { try await world.community.channelInvites(to: channel, for: eve) }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.channelInvites(to: ChannelID(1), for: eve) }
        }
    }

    /// Row 17: the errors in their order.
    @Test(arguments: TestEngine.available) func invitingIsRefusedInOrder(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            try await world.register("reader")
            let reader = try await world.bring("reader", to: channel, by: ada, with: .reading)
            let joan = try await world.account("joan")
            _ = try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: .reading)
            let open = try await world.space(by: ada).general
            let before = try await world.rowCounts()
            func expect(
                _ error: CommunityError, _ id: ChannelID, by account: AccountID, _ name: String, _ permissions: Permissions = .reading
            ) async {
                await #expect(throws: error) {
                    try await world.community.inviteToChannel(id, by: account, username: name, permissions: permissions)
                }
            }
            await expect(.unknownChannel, ChannelID(1), by: joan, "nobody")
            await expect(.unknownChannel, open, by: ada, "nobody")
            await expect(.missingAccess, channel, by: joan, "nobody")
            await expect(.missingPermission(.createInvite), channel, by: reader, "nobody")
            // "only with permissions the inviter has himself".
            await expect(.missingPermission(.manageChannels), channel, by: eve, "nobody", [.sendMessages, .manageChannels])
            await expect(.missingPermission([.createInvite, .sendMessages]), channel, by: reader, "nobody", .sendMessages)
            await expect(.unknownAccount, channel, by: eve, "nobody")
            // Case matters here.
            await expect(.unknownAccount, channel, by: eve, "JOAN")
            await expect(.unknownAccount, channel, by: eve, "joan\u{0}")
            await expect(.alreadyMember, channel, by: eve, "ada")
            await expect(.alreadyMember, channel, by: eve, "eve")
            // "pending one from anybody".
            await expect(.alreadyInvited, channel, by: ada, "joan")
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Every permission may be given on by those who have it, none by others.
    @Test(arguments: TestEngine.available) func whatIsGivenOnIsBounded(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            try await world.register("eve")
            try await world.register("joan")
            let own: Permissions = [.createInvite, .kickMembers]
            let eve = try await world.bring("eve", to: channel, by: ada, with: own)
            for permission in [Permissions.sendMessages, .createInvite, .manageChannels, .kickMembers] {
                if own.contains(permission) {
                    let invite = try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: permission)
                    #expect(invite.permissions == permission.union(.reading))
                    try await world.community.removeChannelInvites([invite.id], by: eve)
                } else {
                    await #expect(throws: CommunityError.missingPermission(permission)) {
                        try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: permission)
                    }
                }
            }
        }
    }

    /// Details 9 and 19: "recipient -> status denied; sender -> revoked; otherwise caller must be a member with remove-users -> revoked; else 403".
    @Test(arguments: TestEngine.available) func whoMayEndAnInvite(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            try await world.register("reader")
            let reader = try await world.bring("reader", to: channel, by: ada, with: .ownedChannel.subtracting(.kickMembers))
            let stranger = try await world.account("stranger")
            for (remover, status) in [(joan, Int64(2)), (eve, 3), (ada, 3)] {
                let invite = try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: .reading).id
                for other in [reader, stranger] {
                    await #expect(throws: CommunityError.notOwnInvite) {
                        try await world.community.removeChannelInvites([invite], by: other)
                    }
                }
                #expect(try await world.status(of: invite) == 0)
                world.clock.advance(seconds: 1)
                try await world.community.removeChannelInvites([invite], by: remover)
                #expect(try await world.status(of: invite) == status)
                #expect(try await world.community.channelInvites(of: joan).isEmpty)
                // "not pending -> silently fine", whoever asks, and it stays as it is.
                for other in [stranger, ada, joan] { try await world.community.removeChannelInvites([invite], by: other) }
                #expect(try await world.status(of: invite) == status)
                await #expect(throws: CommunityError.invalidChannelInvite) {
                    try await world.community.joinChannel(channel, by: joan, invite: invite)
                }
            }
            // Its sender may take it back also after leaving.
            let last = try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: .reading).id
            try await world.community.leaveChannel(channel, by: eve)
            try await world.community.removeChannelInvites([last], by: eve)
            #expect(try await world.status(of: last) == 3)
        }
    }

    /// "all-or-nothing: validate every id first, then apply; ignore duplicates; empty list -> 200"; 404 before 403.
    @Test(arguments: TestEngine.available) func severalAreEndedTogetherOrNotAtAll(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            try await world.register("joan")
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            try await world.register("kim")
            let own = try await world.community.inviteToChannel(channel, by: eve, username: "joan", permissions: .reading).id
            let foreign = try await world.community.inviteToChannel(channel, by: ada, username: "kim", permissions: .reading).id
            await #expect(throws: CommunityError.unknownChannelInvite) {
                try await world.community.removeChannelInvites([own, foreign, ChannelInviteID(1)], by: eve)
            }
            await #expect(throws: CommunityError.notOwnInvite) { try await world.community.removeChannelInvites([own, foreign], by: eve) }
            #expect(try await [world.status(of: own), world.status(of: foreign)] == [0, 0])
            try await world.community.removeChannelInvites([], by: eve)
            try await world.community.removeChannelInvites([own, own], by: eve)
            #expect(try await [world.status(of: own), world.status(of: foreign)] == [3, 0])
        }
    }

    /// "a new one may then be created and has a new id".
    @Test(arguments: TestEngine.available) func aDecidedInviteMakesRoomForAnother(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada, isPublic: false)
            let first = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            try await world.community.removeChannelInvites([first], by: eve)
            let second = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            #expect(second > first)
            try await world.community.joinChannel(channel, by: eve, invite: second)
            try await world.community.leaveChannel(channel, by: eve)
            let third = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            #expect(third > second)
        }
    }

    /// Bounded by design: pending invites to a channel and to a recipient; those that are decided do not count.
    @Test(arguments: TestEngine.available, [true, false])
    func pendingInvitesAreBounded(_ engine: TestEngine, _ isByChannel: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            let limit = isByChannel ? Limits.pendingInvitesPerChannel : Limits.pendingInvitesPerRecipient
            try await world.write(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
                INSERT INTO channel_invites (id, channel_id, sender_id, recipient_id, permissions, status, created_at)
                SELECT n, COALESCE(CAST($2 AS BIGINT), n), $3, COALESCE(CAST($4 AS BIGINT), n), 0, 0, 0 FROM numbers
                """,
                [
                    .integer(Int64(limit)), .optional(isByChannel ? channel.rawValue : nil), .integer(ada.rawValue),
                    .optional(isByChannel ? nil : eve.rawValue),
                ])
            let name = "pending invites per \(isByChannel ? "channel" : "recipient")"
            await #expect(throws: CommunityError.limitReached(name: name, limit: limit)) {
                try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading)
            }
            try await world.write("UPDATE channel_invites SET status = 3, decided_at = 1 WHERE id = 1")
            _ = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading)
        }
    }

    /// Decided invites are forgotten after 90 days; pending ones are not.
    @Test(arguments: TestEngine.available) func decidedInvitesAreForgotten(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            try await world.register("joan")
            let channel = try await world.homeChannel(by: ada)
            let denied = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            let pending = try await world.community.inviteToChannel(channel, by: ada, username: "joan", permissions: .reading).id
            world.clock.advance(seconds: 1_000)
            try await world.community.removeChannelInvites([denied], by: eve)
            world.clock.advance(seconds: 90 * 86_400 - 1)
            try await world.community.removeExpired()
            #expect(try await world.status(of: denied) == 2)
            world.clock.advance(seconds: 1)
            try await world.community.removeExpired()
            #expect(try await world.status(of: denied) == nil)
            #expect(try await world.status(of: pending) == 0)
            await #expect(throws: CommunityError.unknownChannelInvite) { try await world.community.removeChannelInvites([denied], by: eve) }
        }
    }
}
