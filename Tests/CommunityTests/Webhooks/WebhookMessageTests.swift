import Community
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 9.2.
struct WebhookMessageTests {
    /// Read by everybody like any other message, in one order with the others.
    @Test(arguments: TestEngine.available) func messagesOfWebhooksAreReadAmongOthers(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let owner = hook.room.owner
            let first = try await world.community.createMessage(in: hook.room.channel, by: owner, content: "first").0
            let post = WebhookPost(
                content: "second", username: "Captain", avatarURL: "https://a.example/x.png", embeds: [MessageEmbed(title: "card")])
            let second = try await world.execute(post, hook)
            let third = try await world.community.createMessage(in: hook.room.channel, by: owner, content: "third").0
            for anchor in [
                HistoryAnchor.latest, .before(MessageID(third.id.rawValue + 1)), .after(MessageID(first.id.rawValue - 1)),
                .around(second.id),
            ] {
                let page = try await world.community.history(hook.room.channel, for: owner, anchor: anchor, limit: 10)
                #expect(page.items.map(\.id) == [third.id, second.id, first.id])
            }
            let read = try await world.community.message(second.id, in: hook.room.channel, for: owner)
            #expect(read == second)
            #expect(read.content == "second\n\n**card**")
            #expect(read.author == Author(id: AccountID(hook.id.rawValue), username: "Captain", avatarURL: "https://a.example/x.png"))
            #expect(read.webhook?.id == hook.id && read.webhook?.post?.embeds == post.embeds && read.webhook?.post?.content == "second")
            #expect(first.webhook == nil)
            #expect(try await world.community.channel(hook.room.channel, for: owner).lastMessageID == third.id)
        }
    }

    /// DESIGN section 6: with an event, which tells the same to those who come back.
    @Test(arguments: TestEngine.available) func aPostIsAnEvent(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let start = try await world.community.eventPosition().latest
            let message = try await world.post("x", hook)
            guard case .messageCreated(message, _)? = world.changes.last else {
                Issue.record("no event about the message")
                return
            }
            let missed = try await world.community.missedEvents(
                for: hook.room.owner, after: start, upTo: try await world.community.eventPosition().latest, limit: 10)
            guard case .messageCreated(message, _)? = missed?.events.last?.live as? CommunityEvent else {
                Issue.record("the message is not replayed")
                return
            }
        }
    }

    /// Without an override the name and picture of the webhook are shown, those of the time of writing.
    @Test(arguments: TestEngine.available) func aMessageKeepsTheNameItWasWrittenWith(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let message = try await world.post("x", hook)
            _ = try await world.community.updateWebhook(hook.id, token: hook.token, name: "other", avatarURL: .keep)
            try await world.community.deleteWebhook(hook.id, token: hook.token)
            let read = try await world.community.message(message.id, in: hook.room.channel, for: hook.room.owner)
            #expect(read.author.username == "ci")
            #expect(try await world.webhookCount() == 0)
        }
    }

    @Test(arguments: TestEngine.available) func aWebhookChangesAndRemovesItsOwnMessages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let other = try await world.webhook(in: hook.room)
            let message = try await world.execute(WebhookPost(content: "a", embeds: [MessageEmbed(title: "t")]), hook)
            world.clock.advance(seconds: 1)
            let changed = try await world.community.updateMessage(message.id, ofWebhook: hook.id, token: hook.token) { post in
                var post = post
                post.content = "b"
                return post
            }
            #expect(changed.content == "b\n\n**t**" && changed.editedAt == world.clock.now)
            #expect(try await world.community.message(message.id, ofWebhook: hook.id, token: hook.token) == changed)
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.updateMessage(message.id, ofWebhook: other.id, token: other.token) { $0 }
            }
            let said = try await world.community.createMessage(in: hook.room.channel, by: hook.room.owner, content: "x").0
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.deleteMessage(said.id, ofWebhook: hook.id, token: hook.token)
            }
            await #expect(throws: CommunityError.emptyMessage) {
                try await world.community.updateMessage(message.id, ofWebhook: hook.id, token: hook.token) { _ in WebhookPost() }
            }
            try await world.community.deleteMessage(message.id, ofWebhook: hook.id, token: hook.token)
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.message(message.id, ofWebhook: hook.id, token: hook.token)
            }
        }
    }

    /// Nobody but the webhook edits its messages, not even who has made it; moderators remove them.
    @Test(arguments: TestEngine.available) func peopleRemoveButDoNotEditMessagesOfWebhooks(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let member = try await world.galaxyMember("u2")
            let message = try await world.post("x", hook)
            let (community, channel) = (world.community, hook.room.channel)
            await #expect(throws: CommunityError.notAuthor) {
                try await community.updateMessage(message.id, in: channel, by: hook.room.owner, content: "y")
            }
            await #expect(throws: CommunityError.missingPermission(.manageMessages)) {
                try await community.deleteMessage(message.id, in: channel, by: member)
            }
            try await community.deleteMessage(message.id, in: channel, by: hook.room.owner)
        }
    }

    @Test(arguments: TestEngine.available) func aWebhookDoesWhatItIsAllowed(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let room = try await world.room()
            let silent = try await world.webhook(in: room, permissions: [])
            let plain = try await world.webhook(in: room, permissions: .sendMessages)
            let loud = try await world.webhook(in: room, permissions: [.sendMessages, .mentionEveryone])
            await #expect(throws: CommunityError.missingPermission(.sendMessages)) { try await world.post("x", silent) }
            await #expect(throws: CommunityError.missingPermission(.embedLinks)) {
                try await world.execute(WebhookPost(embeds: [MessageEmbed(title: "t")]), plain)
            }
            let call = WebhookPost(content: "@everyone", mentions: MentionRules(everyone: true))
            #expect(try await world.execute(call, plain).content == "@\u{200B}everyone")
            #expect(try await world.execute(call, loud).content == "@everyone")
            #expect(try await world.post("@here", loud).content == "@\u{200B}here")
        }
    }

    /// 7, flags: nothing is written in a suspended galaxy, nothing said in a read-only one.
    @Test(arguments: TestEngine.available) func flagsOfTheGalaxyCountForWebhooks(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let message = try await world.post("x", hook)
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, GalaxyChanges(publicBits: 4))
            await #expect(throws: CommunityError.spaceReadOnly) { try await world.post("x", hook) }
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, GalaxyChanges(publicBits: 0, privateBits: 1))
            await #expect(throws: CommunityError.spaceSuspended) { try await world.post("x", hook) }
            await #expect(throws: CommunityError.spaceSuspended) {
                try await world.community.deleteMessage(message.id, ofWebhook: hook.id, token: hook.token)
            }
            await #expect(throws: CommunityError.spaceSuspended) {
                try await world.community.updateWebhook(hook.id, token: hook.token, name: "x", avatarURL: .keep)
            }
        }
    }

    /// 9.6: "duplicate delivery id (kept 24 h per webhook)"; and nothing is kept of a delivery that posts nothing.
    @Test(arguments: TestEngine.available) func aDeliveryPostsOnceInADay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let other = try await world.webhook(in: hook.room)
            let post = [WebhookPost(content: "x")]
            let (community, delivery) = (world.community, "72d3162e-cc78-11e3-81ab-4c9367dc0958")
            await #expect(throws: CommunityError.emptyMessage) {
                try await community.execute(hook.id, token: hook.token, [WebhookPost()], delivery: delivery)
            }
            #expect(try await community.execute(hook.id, token: hook.token, post, delivery: delivery).count == 1)
            #expect(try await community.execute(hook.id, token: hook.token, post, delivery: delivery).isEmpty)
            #expect(try await community.execute(other.id, token: other.token, post, delivery: delivery).count == 1)
            world.clock.advance(seconds: 86_399)
            #expect(try await community.execute(hook.id, token: hook.token, post, delivery: delivery).isEmpty)
            world.clock.advance(seconds: 2)
            #expect(try await community.execute(hook.id, token: hook.token, post, delivery: delivery).count == 1)
        }
    }

    /// Parts of one text are posted together or not at all.
    @Test(arguments: TestEngine.available) func aSplitTextIsPostedWhole(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let count = world.events.count
            await #expect(throws: CommunityError.self) {
                try await world.community.execute(
                    hook.id, token: hook.token, [WebhookPost(content: "a"), WebhookPost(content: String(repeating: "x", count: 2_001))])
            }
            #expect(world.events.count == count)
            let messages = try await world.community.execute(
                hook.id, token: hook.token, [WebhookPost(content: "a"), WebhookPost(content: "b")])
            #expect(messages.map(\.content) == ["a", "b"] && messages[0].id < messages[1].id)
        }
    }

    /// All problems of a post are named, with their places.
    @Test(arguments: TestEngine.available) func everythingThatBreaksALimitIsNamed(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let embed = MessageEmbed(
                title: String(repeating: "t", count: 257), url: "ftp://x", color: 1 << 24, fields: [.init(name: "n", value: "\u{0}")])
            let post = WebhookPost(content: String(repeating: "x", count: 2_001), avatarURL: "http://a.example", embeds: [embed])
            let error = await #expect(throws: CommunityError.self) { try await world.execute(post, hook) }
            guard case .invalid(let fields)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(
                fields.map(\.name) == [
                    "content", "avatar_url", "embeds/0/title", "embeds/0/url", "embeds/0/color", "embeds/0/fields/0/value",
                ])
        }
    }
}
