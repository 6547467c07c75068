import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 1.5, 2, rows 22 to 24: messages and notes of a channel of the home space.
struct HomeMessageTests {
    private static func history(
        _ world: TestWorld, _ channel: ChannelID, _ account: AccountID, before: MessageID? = nil, limit: Int = 100,
        kinds: Set<MessageKind> = Set(MessageKind.allCases)
    ) async throws -> [Message] {
        try await world.community.history(ofHomeChannel: channel, for: account, before: before, limit: limit, kinds: kinds)
    }

    /// Row 23: "newest first", "filter absent/null/[] = all types"; a page of notes is read along another index than one with texts.
    @Test(arguments: TestEngine.available) func pagesHoldTheKindsThatAreWanted(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let other = try await world.homeChannel(by: ada, name: "nest")
            for number in 0..<6 {
                _ = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "\(number)")
                _ = try await world.community.createMessage(inHomeChannel: other, by: ada, content: "other")
                if number.isMultiple(of: 2) { try await world.community.renameChannel(channel, by: ada, to: "branch \(number)") }
            }
            let all = try await Self.history(world, channel, ada)
            #expect(all.map(\.id) == all.map(\.id).sorted(by: >) && all.allSatisfy { $0.channelID == channel && $0.author.id == ada })
            #expect(
                all.map(\.content) == ["5", "branch 4", "4", "3", "branch 2", "2", "1", "branch 0", "0", ""])
            let sets: [Set<MessageKind>] = [
                [.text], [.channelCreate], [.channelRename], [.text, .channelCreate], [.text, .channelRename],
                [.channelCreate, .channelRename], [.text, .channelCreate, .channelRename],
            ]
            for kinds in sets {
                let wanted = all.filter { kinds.contains($0.kind) }
                #expect(try await Self.history(world, channel, ada, kinds: kinds) == wanted)
                // "exclusive upper bound", which need not be a message.
                for message in all {
                    let older = wanted.filter { $0.id < message.id }
                    #expect(try await Self.history(world, channel, ada, before: message.id, kinds: kinds) == older)
                    let page = try await Self.history(
                        world, channel, ada, before: MessageID(message.id.rawValue + 1), limit: 2, kinds: kinds)
                    #expect(page == Array(wanted.filter { $0.id <= message.id }.prefix(2)))
                }
            }
            #expect(try await Self.history(world, channel, ada, limit: 0).isEmpty)
            #expect(try await Self.history(world, channel, ada, before: MessageID(1)).isEmpty)
        }
    }

    /// "limit … >100 -> 100".
    @Test(arguments: TestEngine.available) func aPageHasAtMostAHundred(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            for _ in 0..<100 { _ = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "x") }
            let page = try await Self.history(world, channel, ada, limit: .max)
            #expect(page.count == 100 && page.last?.kind == .text)
            #expect(try await Self.history(world, channel, ada, before: page.last?.id, limit: .max).map(\.kind) == [.channelCreate])
        }
    }

    /// "Chat never shows those two kinds": not in pages of any direction, not alone, and they cannot be changed.
    @Test(arguments: TestEngine.available) func notesAreNoMessagesForChat(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada) = (try await world.administrator(), try await world.account("ada"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: root)
            let first = try await world.community.createMessage(in: channel, by: ada, content: "first").0
            try await world.community.renameChannel(channel, by: ada, to: "branch")
            let last = try await world.community.createMessage(in: channel, by: ada, content: "last").0
            try await world.community.renameChannel(channel, by: ada, to: "twig")
            let notes = try await Self.history(world, channel, ada, kinds: [.channelCreate, .channelRename])
            #expect(notes.count == 3)
            let community = world.community
            let anchors: [HistoryAnchor] = [
                .latest, .before(MessageID(.max)), .after(MessageID(1)), .around(notes[0].id), .around(notes[1].id), .around(notes[2].id),
            ]
            for anchor in anchors {
                let page = try await community.history(channel, for: ada, anchor: anchor, limit: 2)
                #expect(page.items == [last, first] && !page.hasMore)
            }
            #expect(try await community.history(channel, for: ada, anchor: .before(last.id), limit: 5).items == [first])
            #expect(try await community.history(channel, for: ada, anchor: .after(first.id), limit: 1).items == [last])
            let before = try await world.rowCounts()
            for note in notes.map(\.id) {
                await #expect(throws: CommunityError.unknownMessage) { try await community.message(note, in: channel, for: ada) }
                await #expect(throws: CommunityError.unknownMessage) {
                    try await community.updateMessage(note, in: channel, by: ada, content: "changed")
                }
                await #expect(throws: CommunityError.unknownMessage) { try await community.deleteMessage(note, in: channel, by: ada) }
            }
            #expect(try await world.rowCounts() == before)
            #expect(try await Self.history(world, channel, ada, kinds: [.channelCreate, .channelRename]) == notes)
        }
    }

    /// Row 22: "empty -> 400, max 8192 characters"; both APIs count one latest message, and Chat the latest text besides.
    @Test(arguments: TestEngine.available) func aMessageIsTheLatestAndReadByItsAuthor(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            try await world.community.joinChannel(channel, by: eve)
            func membership(_ account: AccountID) async throws -> ChannelMembership {
                try await world.community.membership(of: account, in: channel)
            }
            let long = String(repeating: "\u{1F426}", count: 8_192)
            let one = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: long)
            #expect(one.content == long && one.kind == .text && one.createdAt == world.clock.now)
            #expect(try await membership(ada).lastReadID == one.id)
            #expect(try await membership(eve).lastReadID == nil)
            let two = try await world.community.createMessage(in: channel, by: eve, content: "through Chat").0
            #expect(try await membership(eve).lastReadID == two.id)
            #expect(try await membership(ada).lastReadID == one.id)
            #expect(try await membership(ada).channel.lastMessageID == two.id)
            try await world.community.renameChannel(channel, by: ada, to: "branch")
            let after = try await membership(ada)
            #expect(after.lastReadID == after.channel.lastMessageID && after.channel.lastTextMessageID == two.id && two.id > one.id)
            #expect(try await world.community.channel(channel, for: eve).lastTextMessageID == two.id)
        }
    }

    /// Another node may have written a later message, or note, first: each of both stays the latest of its kind.
    @Test(arguments: TestEngine.available) func theLatestMessageIsTheOneWithTheGreatestID(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let later = Int64.max - 1
            try await world.write("UPDATE channels SET last_message_id = $1", [.integer(later)])
            let text = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "earlier than a note").id
            let present = try await world.community.channel(channel, for: ada)
            #expect(present.lastMessageID == MessageID(later) && present.lastTextMessageID == text)
            try await world.write("UPDATE channels SET last_text_message_id = $1", [.integer(later)])
            _ = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "earlier than a text")
            #expect(try await world.community.channel(channel, for: ada).lastTextMessageID == MessageID(later))
        }
    }

    /// Rows 22 and 23: the errors in their order.
    @Test(arguments: TestEngine.available) func whoMayNotIsRefused(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            try await world.register("reader")
            let reader = try await world.bring("reader", to: channel, by: ada, with: .reading)
            let open = try await world.space(by: ada).general
            let before = try await world.rowCounts()
            func expect(_ error: CommunityError, _ id: ChannelID, by account: AccountID, _ content: String = "hi") async {
                await #expect(throws: error) {
                    try await world.community.createMessage(inHomeChannel: id, by: account, content: content)
                }
            }
            for blank in ["", " \n\u{2003}"] { await expect(.emptyMessage, ChannelID(1), by: eve, blank) }
            for content in ["a\u{0}b", String(repeating: "x", count: 8_193)] {
                let error = await #expect(throws: CommunityError.self) {
                    try await world.community.createMessage(inHomeChannel: channel, by: ada, content: content)
                }
                guard case .invalid(let fields) = error else { return #expect(Bool(false), "\(String(describing: error))") }
                #expect(fields.map(\.name) == ["content"])
            }
            await expect(.unknownChannel, ChannelID(1), by: ada)
            await expect(.unknownChannel, open, by: ada)
            await expect(.missingAccess, channel, by: eve)
            await expect(.missingPermission(.sendMessages), channel, by: reader)
            #expect(try await world.rowCounts() == before)
            // "Reading checks membership only."
            #expect(try await Self.history(world, channel, reader).count == 1)
            #expect(try await world.community.readableHomeChannels([channel, channel], for: reader).map(\.id) == [channel, channel])
            for (id, account, error) in [
                (ChannelID(1), ada, CommunityError.unknownChannel), (open, ada, .unknownChannel), (channel, eve, .missingAccess),
            ] {
                await #expect(throws: error) { try await Self.history(world, id, account) }
                // "first failing entry fails all".
                await #expect(throws: error) {
                    try await world.community.readableHomeChannels(account == ada ? [channel, id] : [id, ChannelID(1)], for: account)
                }
            }
        }
    }

    /// Row 24: "404 ChannelNotFound; 409 UserNotInChannel; 409 InvalidMessageId"; a marker goes back too.
    @Test(arguments: TestEngine.available) func aMarkerStandsAtAMessageOfTheChannel(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let channel = try await world.homeChannel(by: ada)
            let other = try await world.homeChannel(by: ada, name: "nest")
            try await world.community.joinChannel(channel, by: eve)
            let foreign = try await world.community.createMessage(inHomeChannel: other, by: ada, content: "hi").id
            let first = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "first").id
            let last = try await world.community.createMessage(inHomeChannel: channel, by: ada, content: "last").id
            let note = try #require(try await Self.history(world, channel, ada, kinds: [.channelCreate]).first?.id)
            func mark(_ message: MessageID, _ channel: ChannelID, by account: AccountID) async throws {
                try await world.community.markRead(message, in: channel, by: account)
            }
            let count = world.events.count
            for message in [last, first, note] {
                try await mark(message, channel, by: eve)
                #expect(try await world.community.membership(of: eve, in: channel).lastReadID == message)
            }
            #expect(try await world.community.membership(of: ada, in: channel).lastReadID == last)
            #expect(world.events.count == count)
            await #expect(throws: CommunityError.unknownChannel) { try await mark(last, ChannelID(1), by: eve) }
            await #expect(throws: CommunityError.unknownMember) { try await mark(MessageID(1), other, by: eve) }
            for message in [foreign, MessageID(1), MessageID(channel.rawValue)] {
                await #expect(throws: CommunityError.unknownMessage) { try await mark(message, channel, by: eve) }
            }
            // The latest one may be gone; another that is gone is none.
            for message in [first, last] { try await world.community.deleteMessage(message, in: channel, by: ada) }
            try await mark(last, channel, by: eve)
            await #expect(throws: CommunityError.unknownMessage) { try await mark(first, channel, by: eve) }
        }
    }
}
