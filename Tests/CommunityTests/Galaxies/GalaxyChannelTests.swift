import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 6.6 and 7.5: making, changing and removing channels of galaxies.
struct GalaxyChannelTests {
    /// 7.5: "id: from S2S used as given (409/4302 if taken by different content, 200 if identical)".
    @Test(arguments: TestEngine.available) func theMetadataServerGivesIds(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            try await world.galaxyChannel("birds", kind: .category)
            let draft = try GalaxyChannelDraft(id: "c1", name: " owls ", kind: 0, topic: "Night birds", parentID: "birds")
            let made = try await world.community.createGalaxyChannel(in: "g1", draft, by: TestWorld.metadata)
            #expect(made.isNew && made.channel.id == "c1" && made.channel.parentID == "birds" && made.channel.channel.name == "owls")
            #expect(made.channel.everyone == Permissions.everyoneDefault.intersection(.channel))
            let rows = try await world.rowCounts()
            let again = try await world.community.createGalaxyChannel(in: "g1", draft, by: TestWorld.metadata)
            #expect(!again.isNew && again.channel == made.channel)
            let others = [
                try GalaxyChannelDraft(id: "c1", name: "owl", kind: 0, topic: "Night birds", parentID: "birds"),
                try GalaxyChannelDraft(id: "c1", name: "owls", kind: 2, topic: "Night birds", parentID: "birds"),
                try GalaxyChannelDraft(id: "c1", name: "owls", kind: 0, parentID: "birds"),
                try GalaxyChannelDraft(id: "c1", name: "owls", kind: 0, topic: "Night birds"),
            ]
            for other in others {
                await #expect(throws: CommunityError.channelConflict) {
                    try await world.community.createGalaxyChannel(in: "g1", other, by: TestWorld.metadata)
                }
            }
            #expect(try await world.rowCounts() == rows)
        }
    }

    /// An id is one galaxy's own.
    @Test(arguments: TestEngine.available) func galaxiesDoNotShareTheIdsOfChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            for id in ["g1", "g2"] {
                try await world.galaxy(id)
                try await world.galaxyChannel("c1", of: id)
            }
            try await world.galaxyChannel("c2", of: "g1")
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.galaxyChannel("c2", of: "g2", for: TestWorld.metadataViewer)
            }
            await #expect(throws: CommunityError.invalidParent) { try await world.galaxyChannel("c3", in: "c2", of: "g2") }
        }
    }

    /// The number of a channel that has an id is no second name of it; one without has the number.
    @Test(arguments: TestEngine.available) func aChannelHasOneName(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let owner = try await world.community.account(cosmosUser: "u1").id
            let named = try await world.galaxyChannel("c1").channel.id
            let unnamed = try await world.galaxyChannel("crows", by: .account(owner))
            #expect(unnamed.id == String(unnamed.channel.id.rawValue))
            for id in [String(named.rawValue), "0\(unnamed.id)", "", "\0", "C1"] {
                await #expect(throws: CommunityError.unknownChannel, "\(id)") {
                    try await world.community.galaxyChannel(id, of: "g1", for: TestWorld.metadataViewer)
                }
            }
            // A metadata server cannot give the number to another channel either.
            await #expect(throws: CommunityError.channelConflict) { try await world.galaxyChannel(unnamed.id) }
        }
    }

    @Test(arguments: [-1, 1, 3, 5, 15] as [Int64])
    func otherKindsAreUnknown(_ kind: Int64) {
        #expect(throws: CommunityError.unknownChannelKind) { try GalaxyChannelDraft(name: "a", kind: kind) }
    }

    /// 7.5: "topic on a category => 400"; 2: an empty one is none.
    @Test func aCategoryHasNoTopic() throws {
        #expect(throws: CommunityError.self) { try GalaxyChannelDraft(name: "a", kind: 4, topic: "b") }
        _ = try GalaxyChannelDraft(name: "a", kind: 4, topic: "")
        #expect(throws: CommunityError.self) { try GalaxyChannelDraft(name: "a\u{1}", kind: 0) }
        #expect(throws: CommunityError.self) { try GalaxyChannelDraft(name: "  ", kind: 0) }
    }

    /// 6.6: "A parent must exist, be in the same galaxy and be type 4; a category has no parent (one level)".
    @Test(arguments: TestEngine.available) func onlyACategoryOfTheGalaxyIsAParent(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            try await world.galaxyChannel("birds", kind: .category)
            try await world.galaxyChannel("crows")
            for parent in ["nothing", "crows", "", "\0"] {
                await #expect(throws: CommunityError.invalidParent, "\(parent)") { try await world.galaxyChannel("c1", in: parent) }
            }
            await #expect(throws: CommunityError.invalidParent) { try await world.galaxyChannel("c1", kind: .category, in: "birds") }
            #expect(try await world.galaxyChannel("hall", kind: .voice, in: "birds").parentID == "birds")
        }
    }

    /// 6.6: "at most 50 children"; 7.5: "limit (500 channels)".
    @Test(arguments: TestEngine.available) func thereIsRoomForSoManyChannelsOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            try await world.galaxyChannel("birds", kind: .category)
            for number in 0..<Limits.channelsPerCategory { try await world.galaxyChannel("b\(number)", in: "birds") }
            await #expect(throws: CommunityError.invalidParent) { try await world.galaxyChannel("one-more", in: "birds") }
            try await world.galaxyChannel("elsewhere")
            await #expect(throws: CommunityError.invalidParent) {
                try await world.community.updateGalaxyChannel(
                    "elsewhere", of: "g1", by: TestWorld.metadata, GalaxyChannelChanges(parentID: .set("birds")))
            }
            let space = try await world.community.galaxy("g1").space.id
            try await world.write(
                """
                INSERT INTO channels (
                    id, space_id, name, kind, access, position, default_permissions, inherits_default, override_count, created_at)
                SELECT ROW_NUMBER() OVER (ORDER BY c.id, d.id), $1, 'filler', 0, 0, 0, 0, 1, 0, 0 FROM channels c, channels d
                WHERE c.space_id = $1 AND d.space_id = $1 AND c.id < d.id LIMIT 448
                """, [.integer(space.rawValue)])
            await #expect(throws: CommunityError.limitReached(name: "channels per space", limit: 500)) {
                try await world.galaxyChannel("too-many")
            }
        }
    }

    /// 7.5 and 6.6: who may make a channel where.
    @Test(arguments: TestEngine.available) func makingAChannelNeedsTheRightWhereItGoes(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let keeper = try await world.galaxyMember("u2")
            _ = try await world.role(.manageChannels, in: galaxy.space.id, of: [keeper])
            let (helper, stranger) = (try await world.galaxyMember("u3"), try await world.account("ada"))
            for category in ["open", "closed", "hidden"] { try await world.galaxyChannel(category, kind: .category) }
            try await world.rule(.memberAllow, "u3", .manageChannels, in: "open")
            try await world.rule(.memberDeny, "u2", .manageChannels, in: "closed")
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "hidden")
            let missing = CommunityError.missingPermission(.manageChannels)

            try await world.galaxyChannel("a", by: .account(keeper))
            await #expect(throws: missing) { try await world.galaxyChannel("b", by: .account(helper)) }
            try await world.galaxyChannel("c", in: "open", by: .account(helper))
            await #expect(throws: missing) { try await world.galaxyChannel("d", in: "closed", by: .account(keeper)) }
            await #expect(throws: missing) { try await world.galaxyChannel("e", in: "closed", by: .account(helper)) }
            // 7.5: a parent that the caller does not see is none, before rights are asked for.
            for account in [keeper, helper] {
                await #expect(throws: CommunityError.invalidParent) {
                    try await world.galaxyChannel("f", in: "hidden", by: .account(account))
                }
            }
            await #expect(throws: CommunityError.missingPermission([])) { try await world.galaxyChannel("g", by: .account(stranger)) }
            // Another metadata server has nothing to do with this galaxy.
            await #expect(throws: CommunityError.unknownSpace) {
                try await world.galaxyChannel("h", by: .metadataServer(origin: "https://other.example.net"))
            }
        }
    }

    @Test(arguments: TestEngine.available) func changesNeedTheRightAndAreTold(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            try await world.galaxyChannel("crows")
            let changes = GalaxyChannelChanges(content: ChannelChanges(name: "ravens", topic: .set("")))
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await world.community.updateGalaxyChannel("crows", of: "g1", by: .account(member), changes)
            }
            let count = world.events.count
            let changed = try await world.community.updateGalaxyChannel("crows", of: "g1", by: TestWorld.metadata, changes)
            #expect(changed.channel.name == "ravens" && changed.channel.topic == nil)
            #expect(world.told(after: count) == ["updated ravens"])
            // The same again is no change.
            _ = try await world.community.updateGalaxyChannel("crows", of: "g1", by: TestWorld.metadata, changes)
            _ = try await world.community.updateGalaxyChannel("crows", of: "g1", by: TestWorld.metadata, GalaxyChannelChanges())
            #expect(world.events.count == count + 1)
        }
    }

    /// 6.6: "Deleting a category sets the children's parentChannelId to null; permissions stay."
    @Test(arguments: TestEngine.available) func whatWasInACategoryOutlivesIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            try await world.galaxyChannel("birds", kind: .category)
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            try await world.galaxyChannel("crows", in: "birds")
            let before = try await world.community.galaxyChannel("crows", of: "g1", for: TestWorld.metadataViewer)
            try await world.community.deleteGalaxyChannel("birds", of: "g1", by: TestWorld.metadata)
            let after = try await world.community.galaxyChannel("crows", of: "g1", for: TestWorld.metadataViewer)
            #expect(before.parentID == "birds" && after.parentID == nil)
            #expect(after.overrides == before.overrides && after.overrides.count == 1)
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.deleteGalaxyChannel("birds", of: "g1", by: TestWorld.metadata)
            }
        }
    }

    /// Those who know conversations only, in Chat and Dawchat, do not hear of other channels, nor can they write or read in them.
    @Test(arguments: TestEngine.available) func voiceChannelsAndCategoriesAreNoPlacesForMessages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let owner = try await world.community.account(cosmosUser: "u1").id
            try await world.galaxyChannel("crows")
            for kind in [ChannelKind.voice, .category] {
                let id = try await world.galaxyChannel("\(kind)", kind: kind).channel.id
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.createMessage(in: id, by: owner, content: "hello")
                }
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.channel(id, for: owner) }
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.history(id, for: owner, anchor: .latest, limit: 10)
                }
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.updateChannel(id, by: owner, ChannelChanges(name: "x"))
                }
                await #expect(throws: CommunityError.unknownChannel) { try await world.community.deleteChannel(id, by: owner) }
            }
            #expect(try await world.community.channels(of: galaxy.space.id, for: owner).map(\.name) == ["crows"])
            #expect(try await world.community.spaceDetail(galaxy.space.id, for: owner).channels.map(\.name) == ["crows"])
            #expect(try await world.community.snapshot(for: owner).spaces.map { $0.channels.map(\.name) } == [["crows"]])
            let shown = world.changes.filter(\.isShownInConversations).count
            #expect(shown == world.changes.count - 2)
        }
    }

    /// docs/decisions/0007: whoever renames a channel of the home space, through whatever API, notes it among the messages.
    @Test(arguments: TestEngine.available) func aChannelOfTheHomeSpaceFollowsItsOwnRules(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, eve) = (try await world.administrator(), try await world.account("eve"))
            let home = String(try await world.home.rawValue)
            let made = try await world.galaxyChannel("perch", of: home, by: .account(root))
            let channel = made.channel.id
            #expect(made.channel.ownerID == root && made.channel.access == .publicMembership)
            await #expect(throws: CommunityError.unknownChannelKind) {
                try await world.galaxyChannel("hall", kind: .voice, of: home, by: .account(root))
            }
            await #expect(throws: CommunityError.channelNameTaken) { try await world.galaxyChannel("perch", of: home, by: .account(root)) }
            let renamed = GalaxyChannelChanges(content: ChannelChanges(name: "branch"))
            _ = try await world.community.updateGalaxyChannel(made.id, of: home, by: .account(root), renamed)
            let notes = try await world.community.history(
                ofHomeChannel: channel, for: root, before: nil, limit: 10, kinds: [.channelRename])
            #expect(notes.map(\.content) == ["branch"])
            await #expect(throws: CommunityError.missingPermission(.manageRoles)) {
                try await world.rule(.memberDeny, String(eve.rawValue), .sendMessages, in: made.id, of: home, by: .account(root))
            }
            // Who may rename it may not end it.
            try await world.community.joinChannel(channel, by: eve)
            try await world.write(
                "UPDATE channel_members SET permissions = $1 WHERE account_id = $2",
                [.integer(Permissions.ownedChannel.rawValue), .integer(eve.rawValue)])
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await world.community.deleteGalaxyChannel(made.id, of: home, by: .account(eve))
            }
            try await world.community.deleteGalaxyChannel(made.id, of: home, by: .account(root))
        }
    }
}
