import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.4: changing and deleting messages.
struct MessageChangeTests {
    @Test(arguments: TestEngine.available) func anAuthorChangesWhatWasSaid(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let message = try await world.community.createMessage(in: space.general, by: ada, content: "hi").0
            world.clock.advance(seconds: 60)
            let changed = try await world.community.updateMessage(message.id, in: space.general, by: ada, content: " hello ")
            #expect(changed.content == " hello " && changed.createdAt == message.createdAt && changed.editedAt == world.clock.now)
            #expect(try await world.community.message(message.id, in: space.general, for: ada) == changed)
            guard case .messageUpdated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == changed)
        }
    }

    @Test(arguments: TestEngine.available) func nobodyElseChangesIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let community = world.community
            let space = try await world.space(by: ada)
            let other = try await community.createChannel(in: space.id, by: ada, name: "other").id
            try await world.join(space.id, eve, invitedBy: ada)
            let message = try await community.createMessage(in: space.general, by: eve, content: "hi").0.id
            let count = world.events.count
            await #expect(throws: CommunityError.notAuthor) {
                try await community.updateMessage(message, in: space.general, by: ada, content: "no")
            }
            await #expect(throws: CommunityError.missingAccess) {
                try await community.updateMessage(message, in: space.general, by: joan, content: "no")
            }
            await #expect(throws: CommunityError.unknownMessage) {
                try await community.updateMessage(message, in: other, by: eve, content: "no")
            }
            await #expect(throws: CommunityError.emptyMessage) {
                try await community.updateMessage(message, in: space.general, by: eve, content: " \n")
            }
            await #expect(throws: CommunityError.missingAccess) { try await community.deleteMessage(message, in: space.general, by: joan) }
            await #expect(throws: CommunityError.unknownMessage) { try await community.deleteMessage(message, in: other, by: ada) }
            #expect(world.events.count == count)
            #expect(try await community.message(message, in: space.general, for: eve).content == "hi")
        }
    }

    /// What notes a change of the channel is not somebody's words, though it has an author.
    @Test(arguments: TestEngine.available) func onlyWordsAreChanged(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let message = try await world.community.createMessage(in: space.general, by: ada, content: "perch").0.id
            _ = try await world.database.transaction { tx in
                try tx.execute(
                    "UPDATE messages SET kind = $1 WHERE id = $2",
                    [.integer(MessageKind.channelRename.rawValue), .integer(message.rawValue)])
            }
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.updateMessage(message, in: space.general, by: ada, content: "branch")
            }
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.deleteMessage(message, in: space.general, by: ada)
            }
        }
    }

    @Test(arguments: TestEngine.available) func authorsAndModeratorsDelete(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let community = world.community
            let space = try await world.space(by: ada)
            for account in [eve, joan] { try await world.join(space.id, account, invitedBy: ada) }
            let ids = try await [eve, eve, ada].asyncMap {
                try await community.createMessage(in: space.general, by: $0, content: "hi").0.id
            }
            await #expect(throws: CommunityError.missingPermission(.manageMessages)) {
                try await community.deleteMessage(ids[0], in: space.general, by: joan)
            }
            try await community.deleteMessage(ids[0], in: space.general, by: eve)
            try await community.deleteMessage(ids[1], in: space.general, by: ada)
            try await world.promote(joan, in: space.id)
            try await community.deleteMessage(ids[2], in: space.general, by: joan)
            guard case .messageDeleted(let told, space.general, space.id) = world.changes.last else {
                return #expect(Bool(false), "no event")
            }
            #expect(told == ids[2])
            await #expect(throws: CommunityError.unknownMessage) { try await community.deleteMessage(ids[2], in: space.general, by: joan) }
            #expect(try await community.history(space.general, for: eve, anchor: .latest, limit: 9).items.isEmpty)
        }
    }

    /// DESIGN section 6: replay shows the present state and skips what is gone.
    @Test(arguments: TestEngine.available) func replayShowsThePresent(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let community = world.community
            let position = try await community.eventPosition().latest
            let kept = try await community.createMessage(in: space.general, by: ada, content: "first").0.id
            let gone = try await community.createMessage(in: space.general, by: ada, content: "gone").0.id
            _ = try await community.updateMessage(kept, in: space.general, by: ada, content: "second")
            try await community.deleteMessage(gone, in: space.general, by: ada)
            let missed = try await world.missedEvents(for: ada, after: position, upTo: .max, limit: 10).events
            let shown = missed.compactMap { $0.live as? CommunityEvent }.map { change -> String in
                switch change {
                case .messageCreated(let message, _): "created \(message.content)"
                case .messageUpdated(let message): "updated \(message.content)"
                case .messageDeleted(let id, _, _): id == gone ? "deleted" : "another deleted"
                default: "something else"
                }
            }
            #expect(shown == ["created second", "updated second", "deleted"])
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
