import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// What sockets begin with (contracts/chat.md 4.6 and 5.1).
struct GatewayViewTests {
    @Test(arguments: TestEngine.available) func theSnapshotHoldsWhatTheAccountSees(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada, eve) = (try await world.administrator(), try await world.account("ada"), try await world.account("eve"))
            let hers = try await world.space(by: ada, name: "hers")
            world.clock.advance(seconds: 1)
            let shared = try await world.space(by: eve, name: "shared")
            _ = try await world.space(by: eve, name: "not hers")
            world.clock.advance(seconds: 1)
            try await world.join(shared.id, ada, invitedBy: eve)
            let birds = try await world.community.createChannel(in: shared.id, by: eve, name: "birds")
            world.clock.advance(seconds: 1)
            let home = try await world.home
            let lobby = try await world.community.createChannel(in: home, by: root, name: "lobby")
            _ = try await world.community.createChannel(in: home, by: root, name: "attic")
            _ = try await world.community.joinChannel(lobby.id, by: ada)

            let snapshot = try await world.community.snapshot(for: ada)
            #expect(snapshot.account == (try await world.community.account(ada)))
            #expect(snapshot.spaces.map(\.space) == (try await world.community.spaces(of: ada)))
            #expect(snapshot.spaces.map { $0.channels.map(\.id) } == [[hers.general], [shared.general, birds.id], [lobby.id]])
            #expect(snapshot.directChannels.isEmpty)
            #expect(snapshot.position == world.events.last?.id)
            let sources = [
                EventSource(scope: .account, id: ada.rawValue), EventSource(scope: .space, id: hers.id.rawValue),
                EventSource(scope: .space, id: shared.id.rawValue), EventSource(scope: .space, id: home.rawValue),
                EventSource(scope: .channel, id: lobby.id.rawValue),
            ]
            #expect(snapshot.sources == sources)
            #expect(try await world.community.visibleScopes(for: ada) == sources)
            let view = try await world.community.gatewayView(for: ada)
            #expect(view == GatewayView(sources: sources, position: snapshot.position, prunedThrough: 0))
            let position = try await world.community.eventPosition()
            #expect(position == (snapshot.position, 0))
        }
    }

    @Test(arguments: TestEngine.available) func directChannelsShowTheirParticipants(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let direct = try await world.community.openDirectChannel(by: ada, with: eve).0.id
            let snapshot = try await world.community.snapshot(for: eve)
            #expect(snapshot.directChannels.map(\.id) == [direct] && snapshot.spaces.isEmpty)
            #expect(snapshot.directChannels.first?.recipients.map(\.id) == [ada, eve])
            #expect(snapshot.sources.contains(EventSource(scope: .direct, id: direct.rawValue)))
            let message = try await world.community.createMessage(in: direct, by: ada, content: "psst").0
            #expect(message.spaceID == nil && world.events.last?.scope == .direct)
            #expect(try await world.community.channel(direct, for: eve).recipients.count == 2)
            await #expect(throws: CommunityError.missingAccess) { try await world.community.channel(direct, for: joan) }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.joinChannel(direct, by: joan) }
            #expect(
                try await world.missedEvents(for: eve, after: 0, upTo: .max, limit: 10).events.map(\.subjectID) == [
                    direct.rawValue, message.id.rawValue,
                ])
        }
    }

    @Test(arguments: TestEngine.available) func whoDoesNotExistHasNoSnapshot(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.snapshot(for: AccountID(1)) }
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.gatewayView(for: AccountID(1)) }
        }
    }
}
