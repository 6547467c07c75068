import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// DESIGN section 6, resume: what was missed, as far as the account sees it now.
struct MissedEventsTests {
    private static func all(_ world: TestWorld, _ account: AccountID, after: Int64 = 0) async throws -> [Event] {
        let page = try await world.missedEvents(for: account, after: after, upTo: .max, limit: 1_000)
        #expect(page.through == .max)
        return page.events
    }

    @Test(arguments: TestEngine.available) func onlyVisibleEventsAreReplayed(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let shared = try await world.space(by: ada)
            let hidden = try await world.space(by: ada)
            try await world.join(shared.id, eve, invitedBy: ada)
            let start = try await world.community.eventPosition().latest
            let seen = try await world.community.createMessage(in: shared.general, by: ada, content: "for both", nonce: "n").0
            _ = try await world.community.createMessage(in: hidden.general, by: ada, content: "for ada")
            let channel = try await world.community.createChannel(in: shared.id, by: ada, name: "birds")
            let login = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            try await world.community.endSession(login.sessionID, of: ada)

            let events = try await Self.all(world, eve, after: start)
            guard events.count == 2, case .messageCreated(let message, _)? = events[0].live as? CommunityEvent,
                case .channelCreated(channel)? = events[1].live as? CommunityEvent
            else {
                Issue.record("the message and the channel, not \(events)")
                return
            }
            var stored = seen
            stored.nonce = nil
            #expect(message == stored)
            #expect(try await Self.all(world, ada, after: start).map(\.id) == world.events.filter { $0.id > start }.map(\.id))
        }
    }

    /// Whoever may not read history does not get it by coming back either; the channel is told.
    @Test(arguments: TestEngine.available) func historyIsReplayedOnlyToThoseWhoMayReadIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            let start = try await world.community.eventPosition().latest
            let channel = try await world.community.createChannel(in: space.id, by: ada, name: "birds").id
            _ = try await world.community.createMessage(in: channel, by: ada, content: "said meanwhile")
            _ = try await world.database.transaction { tx in
                let permissions = Permissions.everyoneDefault.subtracting(.readMessageHistory)
                try tx.execute(
                    "UPDATE channels SET inherits_default = 0, default_permissions = $1 WHERE id = $2",
                    [.integer(permissions.rawValue), .integer(channel.rawValue)])
            }
            #expect(try await Self.all(world, eve, after: start).map(\.kind) == [EventKind.channelCreated.rawValue])
            #expect(try await Self.all(world, ada, after: start).count == 2)
        }
    }

    /// What retention takes away during a replay is missed, and said to be.
    @Test(arguments: TestEngine.available) func aLogThatDoesNotReachBackSaysSo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let start = try await world.community.eventPosition().latest
            for number in 0..<3 { _ = try await world.community.createMessage(in: space.general, by: ada, content: "\(number)") }
            let middle = world.events[world.events.count - 2].id
            _ = try await world.database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 1)
            #expect(try await world.community.missedEvents(for: ada, after: start, upTo: .max, limit: 10) == nil)
            #expect(try await Self.all(world, ada, after: middle).count == 1)
        }
    }

    /// "replay renders the object's present state and skips what no longer exists".
    @Test(arguments: TestEngine.available) func objectsAreShownAsTheyAreNow(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let start = try await world.community.eventPosition().latest
            let gone = try await world.community.createMessage(in: space.general, by: ada, content: "gone").0.id
            let changed = try await world.community.createMessage(in: space.general, by: ada, content: "changed").0.id
            let channel = try await world.community.createChannel(in: space.id, by: ada, name: "birds").id
            _ = try await world.database.transaction { tx in
                try tx.execute("DELETE FROM messages WHERE id = $1", [.integer(gone.rawValue)])
                try tx.execute("UPDATE messages SET content = 'now', edited_at = 1 WHERE id = $1", [.integer(changed.rawValue)])
                try tx.execute("DELETE FROM channels WHERE id = $1", [.integer(channel.rawValue)])
            }
            let events = try await Self.all(world, ada, after: start)
            guard events.count == 1, case .messageCreated(let message, _)? = events[0].live as? CommunityEvent else {
                Issue.record("only what is left, not \(events)")
                return
            }
            #expect(message.id == changed && message.content == "now" && message.editedAt != nil)
        }
    }

    /// A new member is shown the whole space; others only that somebody came.
    @Test(arguments: TestEngine.available) func newMembersGetTheWholeSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            let start = try await world.community.eventPosition().latest
            try await world.join(space.id, eve, invitedBy: ada)
            for (viewer, channels) in [(ada, []), (eve, [space.general])] {
                guard
                    case .memberAdded(let member, 2, let detail)? = try await Self.all(world, viewer, after: start).first?.live
                        as? CommunityEvent
                else {
                    Issue.record("no event about the new member")
                    return
                }
                #expect(member.account.id == eve && detail.channels.map(\.id) == channels && detail.space.id == space.id)
            }
        }
    }

    /// Channels with members of their own are scopes of their own.
    @Test(arguments: TestEngine.available) func whatIsSaidAmongMembersStaysThere(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let home = try await world.home
            let lobby = try await world.community.createChannel(in: home, by: root, name: "lobby").id
            let attic = try await world.community.createChannel(in: home, by: root, name: "attic").id
            _ = try await world.community.joinChannel(lobby, by: ada)
            let start = try await world.community.eventPosition().latest
            let heard = try await world.community.createMessage(in: lobby, by: root, content: "all").0.id
            _ = try await world.community.createMessage(in: attic, by: root, content: "none")
            #expect(try await Self.all(world, ada, after: start).map(\.subjectID) == [heard.rawValue])
        }
    }

    /// An open channel that a member may not see is left out, though its events belong to the space.
    @Test(arguments: TestEngine.available) func hiddenChannelsOfASpaceStayHidden(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            let start = try await world.community.eventPosition().latest
            let hidden = try await world.community.createChannel(in: space.id, by: ada, name: "hidden").id
            _ = try await world.database.transaction { tx in
                try tx.execute(
                    "UPDATE channels SET inherits_default = 0, default_permissions = 0 WHERE id = $1", [.integer(hidden.rawValue)])
            }
            _ = try await world.community.createMessage(in: hidden, by: ada, content: "psst")
            #expect(try await Self.all(world, eve, after: start).isEmpty)
            #expect(try await Self.all(world, ada, after: start).count == 2)
        }
    }

    /// Pages over several scopes: every event once, in order, none left out.
    @Test(arguments: TestEngine.available, [1, 2, 3, 7]) func pagesJoinWithoutGaps(_ engine: TestEngine, _ limit: Int) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let spaces = [try await world.space(by: ada), try await world.space(by: ada), try await world.space(by: ada)]
            for number in 0..<20 {
                _ = try await world.community.createMessage(in: spaces[number * number % 3].general, by: ada, content: "\(number)")
            }
            // A run of events of one scope alone, longer than a page.
            for _ in 0..<10 { _ = try await world.community.createMessage(in: spaces[2].general, by: ada, content: "last") }
            let end = try await world.community.eventPosition().latest
            var ids: [Int64] = []
            var position: Int64 = 0
            while position < end {
                let page = try await world.missedEvents(for: ada, after: position, upTo: end, limit: limit)
                #expect(page.events.count <= limit && page.through > position && page.events.allSatisfy { $0.id <= page.through })
                ids += page.events.map(\.id)
                position = page.through
            }
            #expect(ids == world.events.map(\.id) && ids.count == 33)
        }
    }
}
