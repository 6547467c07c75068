import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, row 16: going from a channel of the home space, by oneself or with the whole space.
struct LeavingTests {
    @Test(arguments: TestEngine.available) func whoLeavesIsTheOnlyOneToGo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let channel = try await world.homeChannel(by: ada)
            for account in [eve, joan] { try await world.community.joinChannel(channel, by: account) }
            let count = world.events.count
            // A new owner is no business of somebody who does not own.
            try await world.community.leaveChannel(channel, by: eve, newOwner: AccountID(1))
            #expect(world.kinds(after: count) == [.channelHidden, .channelMemberRemoved])
            guard case .channelHidden(let told, eve, .left) = world.changes[count],
                case .channelMemberRemoved(channel, told.spaceID, eve) = world.changes[count + 1]
            else { return #expect(Bool(false), "\(world.changes.dropFirst(count))") }
            #expect(world.events[count].scope == .account && world.events[count].scopeID == eve.rawValue && told.id == channel)
            #expect(try await world.community.members(of: channel, for: ada).map(\.author.id) == [ada, joan])
            #expect(try await world.community.membership(of: ada, in: channel).channel.ownerID == ada)
            // The home space stays.
            #expect(try await world.community.spaces(of: eve).map(\.isHome) == [true])
            await #expect(throws: CommunityError.unknownMember) { try await world.community.leaveChannel(channel, by: eve) }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.leaveChannel(ChannelID(1), by: eve) }
        }
    }

    /// "400 SelectNewOwner", also for oneself; "409 UserNotInChannel (newOwner not a member)"; "New owner after leave: all five".
    @Test(arguments: TestEngine.available) func anOwnerNamesTheNext(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            _ = try await world.bring("joan", to: channel, by: ada, with: .reading)
            let stranger = try await world.account("stranger")
            let before = try await world.rowCounts()
            for (heir, error) in [
                (nil, CommunityError.newOwnerNeeded), (ada, .newOwnerNeeded), (stranger, .unknownMember), (AccountID(1), .unknownMember),
            ] {
                await #expect(throws: error) { try await world.community.leaveChannel(channel, by: ada, newOwner: heir) }
            }
            #expect(try await world.rowCounts() == before)
            // Not the one of longest standing, but the one that was named.
            try await world.community.leaveChannel(channel, by: ada, newOwner: joan)
            let membership = try await world.community.membership(of: joan, in: channel)
            #expect(membership.channel.ownerID == joan && membership.permissions == .ownedChannel)
            #expect(try await world.community.membership(of: eve, in: channel).permissions == .joinedChannel)
            await #expect(throws: CommunityError.missingAccess) { try await world.community.membership(of: ada, in: channel) }
        }
    }

    /// Detail 16: "Last member leaves: … delete it (name becomes free, pending invites expire)".
    @Test(arguments: TestEngine.available, [true, false])
    func theLastMemberTakesTheChannelAlong(_ engine: TestEngine, _ isPublic: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada, isPublic: isPublic)
            let other = try await world.homeChannel(by: ada, name: "nest")
            let invite = try await world.community.inviteToChannel(channel, by: ada, username: "eve", permissions: .reading).id
            let kept = try await world.community.inviteToChannel(other, by: ada, username: "eve", permissions: .reading).id
            _ = try await world.community.createMessage(in: channel, by: ada, content: "hi")
            await #expect(throws: CommunityError.newOwnerNeeded) {
                try await world.community.leaveChannel(channel, by: ada, newOwner: ada)
            }
            await #expect(throws: CommunityError.unknownMember) {
                try await world.community.leaveChannel(channel, by: ada, newOwner: eve)
            }
            let count = world.events.count
            try await world.community.leaveChannel(channel, by: ada)
            #expect(world.kinds(after: count) == [.channelHidden, .channelMemberRemoved, .channelDeleted])
            guard case .channelHidden(_, ada, .left) = world.changes[count] else { return #expect(Bool(false), "not told why") }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.membership(of: ada, in: channel) }
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.joinChannel(channel, by: eve, invite: invite)
            }
            #expect(try await world.status(of: invite) == 4)
            #expect(try await world.status(of: kept) == 0)
            #expect(try await world.community.channelInvites(of: eve).map(\.id) == [kept])
            #expect(try await world.community.searchChannels("perch").isEmpty)
            // The note and the text of the channel go; the note of the other stays.
            while try await world.community.removeDeletedMessages() {}
            #expect(try await world.rowCounts()[8] == 1)
            _ = try await world.homeChannel(by: eve)
        }
    }

    /// Who is removed from the home space leaves its channels; they go to the member of longest standing, or end.
    @Test(arguments: TestEngine.available, [true, false])
    func whoLeavesTheHomeSpaceLeavesItsChannels(_ engine: TestEngine, _ isKicked: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let home = try await world.home
            let shared = try await world.homeChannel(by: ada, name: "shared", isPublic: false)
            let alone = try await world.homeChannel(by: ada, name: "alone")
            let joined = try await world.homeChannel(by: root, name: "joined")
            try await world.register("joan")
            try await world.register("eve")
            let joan = try await world.bring("joan", to: shared, by: ada)
            let eve = try await world.bring("eve", to: shared, by: ada)
            try await world.community.joinChannel(joined, by: ada)
            let count = world.events.count
            try await world.community.removeMember(ada, from: home, by: isKicked ? root : ada)
            var losses: [ChannelID: ChannelLoss] = [:]
            for case .channelHidden(let channel, ada, let loss) in world.changes.dropFirst(count) { losses[channel.id] = loss }
            let loss = isKicked ? ChannelLoss.removedFromSpace : .leftSpace
            #expect(losses == [shared: loss, alone: loss, joined: loss])
            #expect(world.kinds(after: count).suffix(2) == [.removedFromSpace, .memberRemoved])
            #expect(try await world.community.memberships(of: ada).isEmpty)
            let heir = try await world.community.membership(of: joan, in: shared)
            #expect(heir.channel.ownerID == joan && heir.permissions == .ownedChannel)
            #expect(try await world.community.membership(of: eve, in: shared).permissions == .joinedChannel)
            #expect(try await world.community.membership(of: root, in: joined).channel.ownerID == root)
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.joinChannel(alone, by: eve) }
            _ = try await world.homeChannel(by: eve, name: "alone")
        }
    }
}
