import Community
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.4, sending.
struct MessageTests {
    @Test(arguments: TestEngine.available) func aMessageIsKeptAsSent(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.register("ada").account
            let space = try await world.space(by: ada.id)
            let (message, isNew) = try await world.community.createMessage(in: space.general, by: ada.id, content: "  żółw 👍\n")
            #expect(isNew && message.content == "  żółw 👍\n" && message.nonce == nil && message.kind == .text && message.editedAt == nil)
            #expect(
                message.author == Author(id: ada.id, username: "ada") && message.channelID == space.general && message.spaceID == space.id)
            #expect(message.createdAt == world.clock.now)
            #expect(try await world.community.message(message.id, in: space.general, for: ada.id) == message)
            #expect(try await world.community.channel(space.general, for: ada.id).lastMessageID == message.id)
        }
    }

    /// DESIGN section 6: committed with its event, which carries the full object.
    @Test(arguments: TestEngine.available) func aMessageIsAnEventOfItsSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let message = try await world.community.createMessage(in: space.general, by: ada, content: "hi", nonce: "n1").0
            #expect(message.nonce == "n1")
            guard case .messageCreated(message, _)? = world.changes.last, let event = world.events.last else {
                Issue.record("no event about the message")
                return
            }
            #expect(event.scope == .space && event.scopeID == space.id.rawValue && event.subjectID == message.id.rawValue)
        }
    }

    /// "Same author+channel+nonce within 5 minutes -> the first message again, 200, no event".
    @Test(arguments: TestEngine.available) func aRepeatedNonceReturnsTheFirstMessage(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            let other = try await world.community.createChannel(in: space.id, by: ada, name: "other").id
            func post(_ content: String, by account: AccountID, in channel: ChannelID, nonce: String = "n1") async throws -> (
                Message, isNew: Bool
            ) {
                try await world.community.createMessage(in: channel, by: account, content: content, nonce: nonce)
            }
            let first = try await post("first", by: ada, in: space.general).0
            world.clock.advance(seconds: 299)
            let before = try await world.rowCounts()
            let (again, isNew) = try await post("second", by: ada, in: space.general)
            #expect(again == first && !isNew)
            #expect(try await world.rowCounts() == before)

            #expect(try await post("a", by: eve, in: space.general).isNew)
            #expect(try await post("b", by: ada, in: other).isNew)
            #expect(try await post("c", by: ada, in: space.general, nonce: "n2").isNew)
            #expect(try await post("d", by: ada, in: space.general, nonce: "").isNew)
            #expect(try await post("e", by: ada, in: space.general, nonce: "").isNew)
            world.clock.advance(seconds: 1)
            let (late, lateIsNew) = try await post("late", by: ada, in: space.general)
            #expect(lateIsNew && late.id != first.id)
            #expect(try await post("later", by: ada, in: space.general).0 == late)
        }
    }

    @Test(arguments: TestEngine.available) func aNonceSentManyTimesAtOnceIsOneMessage(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let ids = await withTaskGroup(of: MessageID?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try? await world.community.createMessage(in: space.general, by: ada, content: "\(number)", nonce: "n").0.id
                    }
                }
                return await group.reduce(into: Set<MessageID?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && !ids.contains(nil))
            #expect(try await world.community.history(space.general, for: ada, anchor: .latest, limit: 100).items.count == 1)
        }
    }

    /// A nonce whose message is gone is free again.
    @Test(arguments: TestEngine.available) func aNonceOutlivesItsMessageHarmlessly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let first = try await world.community.createMessage(in: space.general, by: ada, content: "a", nonce: "n").0
            _ = try await world.database.transaction { tx in
                try tx.execute("DELETE FROM messages WHERE id = $1", [.integer(first.id.rawValue)])
            }
            let second = try await world.community.createMessage(in: space.general, by: ada, content: "b", nonce: "n")
            #expect(second.isNew)
            #expect(try await world.community.createMessage(in: space.general, by: ada, content: "c", nonce: "n").0 == second.0)
        }
    }

    /// "message of another channel -> 404".
    @Test(arguments: TestEngine.available) func aMessageOfAnotherChannelIsUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let (one, two) = (try await world.space(by: ada), try await world.space(by: ada))
            let message = try await world.community.createMessage(in: one.general, by: ada, content: "hi").0.id
            await #expect(throws: CommunityError.unknownMessage) { try await world.community.message(message, in: two.general, for: ada) }
        }
    }

    @Test(arguments: TestEngine.available) func whatIsRefusedLeavesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.emptyMessage) {
                try await world.community.createMessage(in: space.general, by: ada, content: " ", nonce: "n")
            }
            for content in [String(repeating: "a", count: 2_001), "\u{0}"] {
                await #expect(throws: CommunityError.self) {
                    try await world.community.createMessage(in: space.general, by: ada, content: content, nonce: "n")
                }
            }
            #expect(try await world.rowCounts() == before)
            _ = try await world.community.createMessage(
                in: space.general, by: ada, content: String(repeating: "👍", count: 2_000), nonce: "n")
        }
    }
}
