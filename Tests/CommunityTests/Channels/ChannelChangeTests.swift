import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.3: changing and deleting channels.
struct ChannelChangeTests {
    @Test(arguments: TestEngine.available) func onlyWhatChangesIsTold(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let changed = try await world.community.updateChannel(
                space.general, by: ada, ChannelChanges(name: "  perch ", topic: .set("birds"), position: 4))
            #expect((changed.name, changed.topic, changed.position) == ("perch", "birds", 4))
            #expect(try await world.community.channel(space.general, for: ada) == changed)
            guard case .channelUpdated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == changed)
            let count = world.events.count
            #expect(try await world.community.updateChannel(space.general, by: ada, ChannelChanges(name: "perch")) == changed)
            #expect(try await world.community.updateChannel(space.general, by: ada, ChannelChanges()) == changed)
            #expect(world.events.count == count)
            #expect(try await world.community.updateChannel(space.general, by: ada, ChannelChanges(topic: .set(nil))).topic == nil)
        }
    }

    @Test(arguments: TestEngine.available) func whatIsSaidInADeletedChannelIsGone(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let community = world.community
            let other = try await community.createChannel(in: space.id, by: ada, name: "other").id
            for number in 0..<5 { _ = try await community.createMessage(in: space.general, by: ada, content: "\(number)") }
            let kept = try await community.createMessage(in: other, by: ada, content: "kept").0.id
            let message = try await community.createMessage(in: space.general, by: ada, content: "last").0.id
            let before = try await community.channel(space.general, for: ada)
            try await community.deleteChannel(space.general, by: ada)
            guard case .channelDeleted(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == before)
            await #expect(throws: CommunityError.unknownChannel) { try await community.channel(space.general, for: ada) }
            await #expect(throws: CommunityError.unknownChannel) { try await community.message(message, in: space.general, for: ada) }
            await #expect(throws: CommunityError.unknownChannel) { try await community.deleteChannel(space.general, by: ada) }
            // The rows go a few at a time.
            let messages = { try await world.rowCounts()[8] }
            #expect(try await community.removeDeletedMessages(batch: 4))
            #expect(try await messages() == 3)
            while try await community.removeDeletedMessages(batch: 4) {}
            #expect(try await messages() == 1)
            #expect(try await community.message(kept, in: other, for: ada).content == "kept")
        }
    }

    /// Who was away is told what the channel was; DESIGN section 6: what cannot be found again stands in the event.
    @Test(arguments: TestEngine.available) func whoWasAwayHearsOfTheDeletion(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            let channel = try await world.community.createChannel(
                in: space.id, by: ada, name: "\u{1F426} \"nest\"", topic: "t", position: 7)
            _ = try await world.community.createMessage(in: channel.id, by: ada, content: "hi")
            let before = try await world.community.channel(channel.id, for: eve)
            let position = try await world.community.eventPosition().latest
            try await world.community.deleteChannel(channel.id, by: ada)
            let missed = try await world.missedEvents(for: eve, after: position, upTo: .max, limit: 10).events
            guard missed.count == 1, case .channelDeleted(let told) = missed.first?.live as? CommunityEvent else {
                return #expect(Bool(false), "\(missed)")
            }
            #expect(told == before)
        }
    }

    /// The owner of a channel of the home space cares for it, other members do not.
    @Test(arguments: TestEngine.available) func aChannelOfTheHomeSpaceIsItsOwners(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.administrator("ada"), try await world.account("eve"))
            let home = try await world.home
            let channel = try await world.community.createChannel(in: home, by: ada, name: "perch").id
            _ = try await world.community.joinChannel(channel, by: eve)
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await world.community.updateChannel(channel, by: eve, ChannelChanges(name: "mine"))
            }
            let position = try await world.community.eventPosition().latest
            try await world.community.deleteChannel(channel, by: ada)
            let missed = try await world.missedEvents(for: eve, after: position, upTo: .max, limit: 10).events
            guard missed.count == 1, case .channelHidden(let told, eve, .deleted) = missed.first?.live as? CommunityEvent else {
                return #expect(Bool(false), "\(missed)")
            }
            #expect(told.id == channel && told.name == "perch")
        }
    }

    /// Who may rename a channel of the home space may not end it.
    @Test(arguments: TestEngine.available) func theRightToRenameIsNotTheRightToDelete(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.administrator("ada"), try await world.account("eve"))
            let channel = try await world.community.createHomeChannel(by: ada, name: "perch", isPublic: false).channel.id
            let invite = try await world.community.inviteToChannel(
                channel, by: ada, username: "eve", permissions: Permissions.manageChannels)
            try await world.community.joinChannel(channel, by: eve, invite: invite.id)
            _ = try await world.community.updateChannel(channel, by: eve, ChannelChanges(name: "branch"))
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await world.community.deleteChannel(channel, by: eve)
            }
            #expect(try await world.community.channel(channel, for: ada).name == "branch")
        }
    }
}
