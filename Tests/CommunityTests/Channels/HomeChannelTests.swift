import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, rows 11 and 13: making and renaming channels of the home space.
struct HomeChannelTests {
    @Test(arguments: TestEngine.available, [true, false])
    func aNewChannelBeginsWithItsOwnerAndANote(_ engine: TestEngine, _ isPublic: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let membership = try await world.community.createHomeChannel(by: ada, name: "perch", isPublic: isPublic)
            let channel = membership.channel
            #expect(channel.access == (isPublic ? .publicMembership : .privateMembership))
            let home = try await world.home
            #expect(channel.ownerID == ada && channel.spaceID == home)
            #expect(membership.permissions == .ownedChannel && membership.joinedAt == world.clock.now && membership.account == ada)
            #expect(world.kinds(after: 0) == [.memberAdded, .channelMemberAdded, .channelCreated, .messageCreated])
            guard case .messageCreated(let note, let told)? = world.changes.last, case .channelMemberAdded(membership) = world.changes[1]
            else {
                return #expect(Bool(false), "\(world.changes)")
            }
            #expect(note.kind == .channelCreate && note.content.isEmpty && note.author.id == ada && told == channel)
            #expect(channel.lastMessageID == note.id && channel.lastTextMessageID == nil && membership.lastReadID == note.id)
            #expect(try await world.community.membership(of: ada, in: channel.id) == membership)

            // With the second one the owner does not come to the home space again.
            let count = world.events.count
            _ = try await world.homeChannel(by: ada, name: "other")
            #expect(world.kinds(after: count) == [.channelMemberAdded, .channelCreated, .messageCreated])
        }
    }

    /// 1.3: "unique over all channels (also private ones), case-sensitive", whichever API names them; other spaces have names of their own.
    @Test(arguments: TestEngine.available) func namesAreUniqueInTheHomeSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            #expect(try await world.community.createHomeChannel(by: ada, name: " \u{2003}perch\n", isPublic: false).channel.name == "perch")
            _ = try await world.homeChannel(by: eve, name: "nest")
            let home = try await world.home
            let before = try await world.rowCounts()
            for isPublic in [true, false] {
                await #expect(throws: CommunityError.channelNameTaken) {
                    try await world.homeChannel(by: eve, name: "perch ", isPublic: isPublic)
                }
            }
            await #expect(throws: CommunityError.channelNameTaken) {
                try await world.community.createChannel(in: home, by: eve, name: "perch")
            }
            #expect(try await world.rowCounts() == before)
            _ = try await world.homeChannel(by: eve, name: "Perch")
            let space = try await world.space(by: eve)
            for _ in 0..<2 { _ = try await world.community.createChannel(in: space.id, by: eve, name: "perch") }
        }
    }

    @Test(arguments: TestEngine.available, ["", " \n", "a\u{0}b", "a\u{7}b", String(repeating: "x", count: 101)])
    func aNameThatIsNoneIsRefused(_ engine: TestEngine, _ name: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let before = try await world.rowCounts()
            for attempt in [
                { _ = try await world.homeChannel(by: ada, name: name) },
                { try await world.community.renameChannel(channel, by: ada, to: name) },
            ] {
                let error = await #expect(throws: CommunityError.self) { try await attempt() }
                guard case .invalid(let fields) = error else { return #expect(Bool(false), "\(String(describing: error))") }
                #expect(fields.map(\.name) == ["name"])
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Bounded by design: channels that one account owns or has joined, and those of the home space.
    @Test(arguments: TestEngine.available, [true, false])
    func anAccountOwnsAndJoinsABoundedNumber(_ engine: TestEngine, _ ownsThem: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let limit = ownsThem ? Limits.ownedChannelsPerAccount : Limits.joinedChannelsPerAccount
            let name = ownsThem ? "owned channels per account" : "joined channels per account"
            try await Self.addChannels(limit - 1, ownedBy: ownsThem ? ada : eve, joinedBy: ada, in: world)
            _ = try await world.homeChannel(by: ada, name: "last")
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.limitReached(name: name, limit: limit)) {
                try await world.homeChannel(by: ada, name: "one more")
            }
            #expect(try await world.rowCounts() == before)
            // The name is looked at first.
            await #expect(throws: CommunityError.channelNameTaken) { try await world.homeChannel(by: ada, name: "last") }
            // Others are not concerned, and one that is left makes room.
            _ = try await world.homeChannel(by: try await world.account("joan"), name: "one more")
            try await world.community.leaveChannel(ChannelID(1), by: ada)
            _ = try await world.homeChannel(by: ada, name: "in its place")
        }
    }

    @Test(arguments: TestEngine.available) func theHomeSpaceHasABoundedNumberOfChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            try await Self.addChannels(Limits.homeChannels - 1, ownedBy: eve, joinedBy: nil, in: world)
            _ = try await world.homeChannel(by: ada, name: "last")
            await #expect(throws: CommunityError.limitReached(name: "channels in the home space", limit: Limits.homeChannels)) {
                try await world.homeChannel(by: ada, name: "one more")
            }
            // More than other spaces may have; they are counted apart.
            let space = try await world.space(by: ada)
            _ = try await world.community.createChannel(in: space.id, by: ada, name: "one more")
        }
    }

    /// Row 13: "adds a channel-rename message", whose content is the new name; both APIs do.
    @Test(arguments: TestEngine.available, [true, false])
    func anotherNameIsNoted(_ engine: TestEngine, _ isThroughChat: Bool) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let eve = try await world.account("eve")
            try await world.community.joinChannel(channel, by: eve)
            let text = try await world.community.createMessage(in: channel, by: eve, content: "hi").0.id
            let count = world.events.count
            if isThroughChat {
                _ = try await world.community.updateChannel(channel, by: ada, ChannelChanges(name: " branch "))
            } else {
                try await world.community.renameChannel(channel, by: ada, to: " branch ")
            }
            #expect(world.kinds(after: count) == [.channelUpdated, .messageCreated])
            guard case .messageCreated(let note, let told)? = world.changes.last else { return #expect(Bool(false), "no note") }
            #expect(note.kind == .channelRename && note.content == "branch" && note.author.id == ada)
            #expect(told.name == "branch" && told.lastMessageID == note.id && told.lastTextMessageID == text)
            let (own, other) = (
                try await world.community.membership(of: ada, in: channel), try await world.community.membership(of: eve, in: channel)
            )
            #expect(own.channel == told && own.lastReadID == note.id && other.lastReadID == text)
            // What is no name is not noted.
            _ = try await world.community.updateChannel(channel, by: ada, ChannelChanges(name: "branch", topic: .set("t")))
            #expect(world.kinds(after: count + 2) == [.channelUpdated])
            // The former name is free.
            _ = try await world.homeChannel(by: eve)
        }
    }

    /// Row 13: the order of the errors, and "409 ChannelNameTaken (also its own current name)".
    @Test(arguments: TestEngine.available) func renamingIsRefusedInOrder(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            _ = try await world.homeChannel(by: ada, name: "other", isPublic: false)
            let open = try await world.space(by: ada).general
            try await world.community.joinChannel(channel, by: eve)
            let joan = try await world.account("joan")
            let before = try await world.rowCounts()
            func expect(_ error: CommunityError, _ id: ChannelID, by account: AccountID, to name: String) async {
                await #expect(throws: error) { try await world.community.renameChannel(id, by: account, to: name) }
            }
            await expect(.unknownChannel, ChannelID(1), by: ada, to: "other")
            await expect(.unknownChannel, open, by: ada, to: "other")
            await expect(.missingAccess, channel, by: joan, to: "other")
            await expect(.missingPermission(.manageChannels), channel, by: eve, to: "other")
            await expect(.channelNameTaken, channel, by: ada, to: "other")
            await expect(.channelNameTaken, channel, by: ada, to: "perch")
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Channels 1, 2, …, past all rules.
    private static func addChannels(_ count: Int, ownedBy owner: AccountID, joinedBy account: AccountID?, in world: TestWorld) async throws
    {
        try await world.write(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
            INSERT INTO channels (id, space_id, owner_id, name, kind, access, position, default_permissions, inherits_default, override_count, created_at)
            SELECT n, $2, $3, 'channel ' || n, 0, 1, 0, 0, 1, 0, 0 FROM numbers
            """, [.integer(Int64(count)), .integer(try await world.home.rawValue), .integer(owner.rawValue)])
        guard let account else { return }
        try await world.write(
            "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at) SELECT id, $1, $2, 0 FROM channels WHERE access = 1",
            [.integer(account.rawValue), .integer(Permissions.ownedChannel.rawValue)])
    }
}
