import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 4: what is told later of channels of the home space, and from which message on.
struct HomeChannelEventTests {
    private static func missed(_ world: TestWorld, _ account: AccountID, after: Int64) async throws -> [CommunityEvent] {
        try await world.missedEvents(for: account, after: after, upTo: .max, limit: 1_000).events.compactMap { $0.live as? CommunityEvent }
    }

    /// "a message id stands for its creation; an id that is no message id means no replay".
    @Test(arguments: TestEngine.available) func aMessageStandsForItsCreation(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let note = try #require(try await world.community.membership(of: ada, in: channel).lastReadID)
            let text = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "hi")
            _ = try await world.community.updateMessage(text.id, in: channel, by: ada, content: "ho")
            try await world.community.deleteMessage(text.id, in: channel, by: ada)
            let created = world.events.filter { $0.kind == EventKind.messageCreated.rawValue }
            #expect(created.map(\.subjectID) == [note.rawValue, text.id.rawValue])
            #expect(try await world.community.position(of: note) == .event(created[0].id))
            #expect(try await world.community.position(of: text.id) == .event(created[1].id))
            for id in [
                channel.rawValue, ada.rawValue, text.id.rawValue + 1, created[1].id, IDGenerator.smallestID(at: world.clock.now), .max,
            ] {
                #expect(try await world.community.position(of: MessageID(id)) == .unknown)
            }
        }
    }

    @Test(arguments: TestEngine.available) func aMessageBeforeTheLogIsForgotten(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let old = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "old").id
            let new = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "new").id
            let event = try #require(world.events.last?.id)
            _ = try await world.database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 1)
            #expect(try await world.community.position(of: old) == .forgotten)
            #expect(try await world.community.position(of: MessageID(1)) == .forgotten)
            #expect(try await world.community.position(of: new) == .event(event))
        }
    }

    @Test(arguments: TestEngine.available) func whoWasAwayHearsThatOthersCame(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let channel = try await world.homeChannel(by: ada)
            let start = try await world.community.eventPosition().latest
            let joined = try await world.community.joinChannel(channel, by: eve)
            try await world.community.joinChannel(channel, by: joan)
            try await world.community.leaveChannel(channel, by: joan)
            let text = try await world.community.createMessage(inHomeChannel: channel, by: eve, content: "hi").id
            // As the membership is now; who has gone again is no news.
            let members = try await Self.missed(world, ada, after: start).compactMap { event -> ChannelMembership? in
                if case .channelMemberAdded(let membership) = event { membership } else { nil }
            }
            #expect(members.count == 1 && members.first?.account == eve && members.first?.joinedAt == joined.joinedAt)
            #expect(members.first?.lastReadID == text && members.first?.channel.lastTextMessageID == text)
            // The new member hears of the channel from its own coming on.
            guard case .memberAdded? = try await Self.missed(world, eve, after: start).first else {
                return #expect(Bool(false), "no space")
            }
        }
    }

    /// Each way to lose a channel is told as what it was, with the channel as it was.
    @Test(arguments: TestEngine.available, [ChannelLoss.left, .removed, .deleted, .leftSpace, .removedFromSpace])
    func whoHasLostAChannelHearsWhy(_ engine: TestEngine, _ loss: ChannelLoss) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, eve) = (try await world.administrator(), try await world.account("eve"))
            let channel = try await world.homeChannel(by: root)
            try await world.community.joinChannel(channel, by: eve)
            _ = try await world.community.createMessage(inHomeChannel: channel, by: eve, content: "hi")
            try await world.community.renameChannel(channel, by: root, to: "branch")
            let before = try await world.community.membership(of: eve, in: channel).channel
            let start = try await world.community.eventPosition().latest
            switch loss {
            case .left: try await world.community.leaveChannel(channel, by: eve)
            case .removed: try await world.community.removeMembers([eve], from: channel, by: root)
            case .deleted: try await world.community.deleteChannel(channel, by: root)
            case .leftSpace: try await world.community.removeMember(eve, from: try await world.home, by: eve)
            case .removedFromSpace: try await world.community.removeMember(eve, from: try await world.home, by: root)
            case .rules: return
            }
            let told = try await Self.missed(world, eve, after: start).compactMap { event -> (Channel, ChannelLoss)? in
                if case .channelHidden(let channel, eve, let loss) = event { (channel, loss) } else { nil }
            }
            #expect(told.count == 1 && told.first?.0 == before && told.first?.1 == loss)
        }
    }

    /// Who has come back has lost nothing: the client would close what is open.
    @Test(arguments: TestEngine.available) func whoHasComeBackIsNotToldOfTheLoss(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            let start = try await world.community.eventPosition().latest
            try await world.community.leaveChannel(channel, by: eve)
            world.clock.advance(seconds: 1)
            let unheard = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "unheard").id
            world.clock.advance(seconds: 1)
            let again = try await world.community.joinChannel(channel, by: eve)
            let heard = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "heard").id
            let events = try await Self.missed(world, eve, after: start)
            guard events.count == 2, case .channelMemberAdded(let membership) = events[0], case .messageCreated(let message, _) = events[1]
            else { return #expect(Bool(false), "\(events)") }
            #expect(membership.account == eve && membership.joinedAt == again.joinedAt)
            #expect(message.id == heard && message.id != unheard)
        }
    }

    /// `user-invite`: a pending one; what is decided is no news.
    @Test(arguments: TestEngine.available) func whoWasAwayHearsOfPendingInvites(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let (perch, nest) = (try await world.homeChannel(by: ada), try await world.homeChannel(by: ada, name: "nest", isPublic: false))
            let start = try await world.community.eventPosition().latest
            let denied = try await world.community.inviteToChannel(perch, by: ada, username: "eve", permissions: .reading).id
            let pending = try await world.community.inviteToChannel(nest, by: ada, username: "eve", permissions: .sendMessages)
            try await world.community.removeChannelInvites([denied], by: eve)
            let events = try await Self.missed(world, eve, after: start)
            guard events.count == 1, case .channelInvited(pending) = events[0] else { return #expect(Bool(false), "\(events)") }
            #expect(try await Self.missed(world, ada, after: start).isEmpty)
        }
    }
}
