import Community
import Storage
import StorageTesting
import Testing

/// DESIGN section 7: the home space, whose channels have members of their own.
struct HomeSpaceTests {
    @Test(arguments: TestEngine.available) func thereIsOneHomeSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(serverName: "The Nest")) { world in
            try await world.community.prepare()
            let ada = try await world.account("ada")
            #expect(try await world.community.spaces(of: ada).isEmpty)
            await #expect(throws: CommunityError.missingAccess) { try await world.community.spaceDetail(try await world.home, for: ada) }
            let root = try await world.administrator()
            let spaces = try await world.community.spaces(of: root)
            #expect(spaces.map(\.name) == ["The Nest"] && spaces.map(\.isHome) == [true])
        }
    }

    /// "what it creates there is a public membership channel whose creator owns it".
    @Test(arguments: TestEngine.available) func aChannelOfTheHomeSpaceBelongsToItsMaker(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let home = try await world.home
            await #expect(throws: CommunityError.missingAccess) {
                try await world.community.createChannel(in: home, by: ada, name: "birds")
            }
            let lobby = try await world.community.createChannel(in: home, by: root, name: "lobby")
            #expect(lobby.access == .publicMembership && lobby.spaceID == home)
            _ = try await world.community.joinChannel(lobby.id, by: ada)
            let birds = try await world.community.createChannel(in: home, by: ada, name: "birds")

            // Nobody comes in through the space, not even its owner.
            #expect(try await world.community.channels(of: home, for: root).map(\.id) == [lobby.id])
            #expect(try await world.community.channels(of: home, for: ada).map(\.id) == [lobby.id, birds.id])
            await #expect(throws: CommunityError.missingAccess) { try await world.community.channel(birds.id, for: root) }
            await #expect(throws: CommunityError.missingAccess) {
                try await world.community.history(birds.id, for: root, anchor: .latest, limit: 1)
            }
            await #expect(throws: CommunityError.missingAccess) {
                try await world.community.createMessage(in: birds.id, by: root, content: "hi")
            }
            let last = world.events.suffix(3)
            #expect(last.map { EventKind(rawValue: $0.kind) } == [.channelMemberAdded, .channelCreated, .messageCreated])
            #expect(last.allSatisfy { $0.scope == .channel && $0.scopeID == birds.id.rawValue })
        }
    }

    /// "A Chat client sees the home space as a server as soon as its user has joined one of its channels".
    @Test(arguments: TestEngine.available) func whoJoinsAChannelSeesTheHomeSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let home = try await world.home
            let lobby = try await world.community.createChannel(in: home, by: root, name: "lobby").id
            let attic = try await world.community.createChannel(in: home, by: root, name: "attic").id
            _ = try await world.community.joinChannel(lobby, by: ada)
            #expect(try await world.community.spaces(of: ada).map(\.id) == [home])
            #expect(try await world.community.spaceDetail(home, for: ada).channels.map(\.id) == [lobby])
            #expect(try await world.community.spaceDetail(home, for: ada).space.memberCount == 2)
            // First the space, then what is in it.
            guard case .memberAdded(let member, 2, let detail)? = world.changes.dropLast().last,
                case .channelMemberAdded(let membership)? = world.changes.last
            else {
                Issue.record("no events about the new member")
                return
            }
            #expect(member.account.id == ada && detail.channels.isEmpty)
            #expect(membership.account == ada && membership.channel.id == lobby && membership.channel.spaceID == home)

            _ = try await world.community.joinChannel(attic, by: ada)
            #expect(try await world.community.spaceDetail(home, for: ada).space.memberCount == 2)
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.alreadyMember) { try await world.community.joinChannel(attic, by: ada) }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.joinChannel(ChannelID(1), by: ada) }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// contracts/dawchat.md 1.4: who joins may read, write and invite; a message of such a channel is an event of the channel.
    @Test(arguments: TestEngine.available) func membersOfAChannelTalkAmongThemselves(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let lobby = try await world.community.createChannel(in: try await world.home, by: root, name: "lobby").id
            _ = try await world.community.joinChannel(lobby, by: ada)
            let message = try await world.community.createMessage(in: lobby, by: ada, content: "hi").0
            #expect(try await world.community.history(lobby, for: root, anchor: .latest, limit: 5).items == [message])
            #expect(world.events.last?.scope == .channel && world.events.last?.scopeID == lobby.rawValue)
            #expect(Permissions.joinedChannel.contains([.viewChannel, .readMessageHistory, .sendMessages, .createInvite]))
            #expect(Permissions.ownedChannel.contains([.joinedChannel, .manageChannels, .kickMembers]))
        }
    }

    @Test(arguments: TestEngine.available) func onlyPublicChannelsCanBeJoined(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let secret = try await world.community.createChannel(in: try await world.home, by: root, name: "secret").id
            let open = try await world.space(by: root).general
            _ = try await world.database.transaction { tx in
                try tx.execute("UPDATE channels SET access = 2 WHERE id = $1", [.integer(secret.rawValue)])
            }
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.missingAccess) { try await world.community.joinChannel(secret, by: ada) }
            // What has no members of its own is no channel that could be joined.
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.joinChannel(open, by: ada) }
            #expect(try await world.rowCounts() == before)
        }
    }
}
