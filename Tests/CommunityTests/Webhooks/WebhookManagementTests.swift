import Community
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 9.1.
struct WebhookManagementTests {
    @Test(arguments: TestEngine.available) func aWebhookIsMadeSeenAndFoundByItsToken(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let room = try await world.room()
            let draft = try WebhookDraft(name: "  ci  ", avatarURL: "https://a.example/x.png", gitHubSecret: "0123456789abcdef")
            let made = try await world.community.createWebhook(in: room.id, of: "g1", by: .account(room.owner), draft)
            #expect(made.token.text.utf8.count == 64 && "\(made.token)" == "***")
            #expect(made.webhook.name == "ci" && made.webhook.creatorID == "u1" && made.webhook.hasGitHubSecret)
            #expect(made.webhook.permissions.rawValue == 18_432)
            #expect(made.webhook.galaxyID == "g1" && made.webhook.channelWireID == room.id)
            #expect(try await world.community.webhooks(of: room.id, of: "g1", for: .account(room.owner)) == [made.webhook])
            #expect(try await world.community.webhook(made.webhook.id, token: made.token.text) == made.webhook)
            #expect(try await world.community.webhook(token: made.token.text) == made.webhook)
            #expect(try await world.community.gitHubSecret(of: made.webhook.id, token: made.token.text) == "0123456789abcdef")
        }
    }

    /// The token is nowhere in the database.
    @Test(arguments: TestEngine.available) func onlyAHashOfTheTokenIsKept(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let kept = try await world.database.read { reader in
                try reader.first("SELECT token_hash FROM incoming_webhooks", []) { try $0.blob(0) }
            }
            #expect(kept?.count == 32 && kept != Array(hook.token.utf8))
        }
    }

    @Test(arguments: TestEngine.available) func anUnknownIdAndAWrongTokenAreTheSame(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let other = try await world.webhook(in: hook.room)
            for (id, token) in [
                (hook.id, other.token), (hook.id, ""), (WebhookID(1), hook.token), (hook.id, hook.token + "x"), (WebhookID(0), ""),
            ] {
                await #expect(throws: CommunityError.unknownWebhook) { try await world.community.webhook(id, token: token) }
                await #expect(throws: CommunityError.unknownWebhook) {
                    try await world.community.execute(id, token: token, [WebhookPost(content: "x")])
                }
            }
            await #expect(throws: CommunityError.unknownWebhook) { try await world.community.webhook(token: "\u{0}") }
        }
    }

    /// "with MANAGE_WEBHOOKS in the channel": members have it not, strangers do not get as far.
    @Test(arguments: TestEngine.available) func membersWithoutTheRightHaveNoWebhooks(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let member = try await world.galaxyMember("u2")
            let draft = try WebhookDraft(name: "ci")
            let missing = CommunityError.missingPermission(.manageWebhooks)
            let (community, room) = (world.community, hook.room.id)
            await #expect(throws: missing) { try await community.createWebhook(in: room, of: "g1", by: .account(member), draft) }
            await #expect(throws: missing) { try await community.webhooks(of: room, of: "g1", for: .account(member)) }
            await #expect(throws: missing) { try await community.rotateWebhook(hook.id, in: room, of: "g1", by: .account(member)) }
            await #expect(throws: missing) { try await community.deleteWebhook(hook.id, in: room, of: "g1", by: .account(member)) }
            await #expect(throws: missing) {
                try await community.updateWebhook(hook.id, in: room, of: "g1", by: .account(member), WebhookChanges(name: "x"))
            }
            let stranger = try await world.account("stranger")
            await #expect(throws: CommunityError.missingPermission([])) {
                try await community.webhooks(of: room, of: "g1", for: .account(stranger))
            }
        }
    }

    /// 6.3 and 6.5: bits of a webhook are of a small set, and whoever gives them holds them.
    @Test(arguments: TestEngine.available) func nobodyGivesAWebhookWhatTheyLack(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let room = try await world.room()
            let helper = try await world.galaxyMember("u2")
            try await world.rule(.memberAllow, "u2", .manageWebhooks, in: room.id)
            let (community, actor) = (world.community, Actor.account(helper))
            await #expect(throws: CommunityError.cannotGrant(.mentionEveryone)) {
                let draft = try WebhookDraft(name: "ci", permissions: [.sendMessages, .mentionEveryone])
                _ = try await community.createWebhook(in: room.id, of: "g1", by: actor, draft)
            }
            let made = try await community.createWebhook(in: room.id, of: "g1", by: actor, WebhookDraft(name: "ci")).webhook
            await #expect(throws: CommunityError.cannotGrant(.mentionEveryone)) {
                try await community.updateWebhook(made.id, in: room.id, of: "g1", by: actor, WebhookChanges(permissions: .mentionEveryone))
            }
            // The owner gives it, and the helper may leave it as it is.
            let all: Permissions = [.sendMessages, .embedLinks, .mentionEveryone]
            _ = try await community.updateWebhook(
                made.id, in: room.id, of: "g1", by: .account(room.owner), WebhookChanges(permissions: all))
            let kept = try await community.updateWebhook(
                made.id, in: room.id, of: "g1", by: actor, WebhookChanges(name: "cd", permissions: all))
            #expect(kept.permissions == all && kept.name == "cd")
            for bits in [Permissions.attachFiles, .administrator, .manageMessages, .viewChannel] {
                #expect(throws: CommunityError.self) { try WebhookDraft(name: "ci", permissions: bits) }
            }
        }
    }

    @Test(arguments: TestEngine.available) func aChannelHasFifteenWebhooks(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let room = try await world.room()
            for _ in 1...15 { _ = try await world.webhook(in: room) }
            let error = CommunityError.limitReached(name: "webhooks per channel", limit: 15)
            await #expect(throws: error) { try await world.webhook(in: room) }
            let other = try await world.room("more")
            let moved = try await world.webhook(in: other)
            await #expect(throws: error) {
                try await world.community.updateWebhook(
                    moved.id, in: other.id, of: "g1", by: .account(other.owner), WebhookChanges(channelID: room.id))
            }
        }
    }

    @Test(arguments: TestEngine.available) func aWebhookMovesWithItsTokenAndLeavesItsMessages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let other = try await world.room("other")
            let before = try await world.post("before", hook)
            _ = try await world.community.updateWebhook(
                hook.id, in: hook.room.id, of: "g1", by: .account(hook.room.owner), WebhookChanges(channelID: other.id))
            #expect(try await world.post("after", hook).channelID == other.channel)
            #expect(before.channelID == hook.room.channel)
            await #expect(throws: CommunityError.unknownWebhook) {
                try await world.community.webhook(hook.id, in: hook.room.id, of: "g1", for: .account(hook.room.owner))
            }
            await #expect(throws: CommunityError.unknownMessage) {
                try await world.community.message(before.id, ofWebhook: hook.id, token: hook.token)
            }
        }
    }

    @Test(arguments: TestEngine.available) func anotherTokenEndsTheOldOne(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let rotated = try await world.community.rotateWebhook(hook.id, in: hook.room.id, of: "g1", by: .account(hook.room.owner))
            await #expect(throws: CommunityError.unknownWebhook) { try await world.post("x", hook) }
            #expect(try await world.community.webhook(hook.id, token: rotated.token.text).id == hook.id)
        }
    }

    /// A webhook ends with its channel, and is out of reach while its galaxy is.
    @Test(arguments: TestEngine.available) func aWebhookEndsWithItsPlace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let hook = try await world.webhook()
            let second = try await world.webhook(in: try await world.room("second"))
            try await world.community.deleteGalaxyChannel(hook.room.id, of: "g1", by: .account(hook.room.owner))
            await #expect(throws: CommunityError.unknownWebhook) { try await world.post("x", hook) }
            #expect(try await world.webhookCount() == 1)
            try await world.community.deleteGalaxy("g1", by: TestWorld.origin)
            await #expect(throws: CommunityError.unknownWebhook) { try await world.post("x", second) }
        }
    }

    /// DESIGN section 7: the home space is a galaxy too; its channels are their owners'.
    @Test(arguments: TestEngine.available) func theOwnerOfAHomeChannelHasWebhooksThere(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            try await world.register("bob")
            let bob = try await world.bring("bob", to: channel, by: ada)
            let (id, home) = (String(channel.rawValue), String(try await world.home.rawValue))
            let made = try await world.community.createWebhook(in: id, of: home, by: .account(ada), WebhookDraft(name: "ci"))
            let posted = try await world.community.execute(made.webhook.id, token: made.token.text, [WebhookPost(content: "x")])
            let history = try await world.community.history(ofHomeChannel: channel, for: bob, before: nil, limit: 10, kinds: [.text])
            #expect(history == posted && history.first?.author.username == "ci")
            await #expect(throws: CommunityError.missingPermission(.manageWebhooks)) {
                try await world.community.webhooks(of: id, of: home, for: .account(bob))
            }
        }
    }

    @Test(arguments: TestEngine.available) func onlyTextChannelsHaveWebhooks(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let room = try await world.room()
            for kind in [2, 4] as [Int64] {
                let draft = try GalaxyChannelDraft(name: "k\(kind)", kind: kind)
                let made = try await world.community.createGalaxyChannel(in: "g1", draft, by: .account(room.owner)).channel
                await #expect(throws: CommunityError.self) {
                    try await world.community.createWebhook(
                        in: made.id, of: "g1", by: .account(room.owner), WebhookDraft(name: "ci"))
                }
            }
            #expect(try await world.webhookCount() == 0)
        }
    }

    @Test(
        arguments: [
            ("", nil, nil), (String(repeating: "x", count: 81), nil, nil), ("a\nb", nil, nil), ("ci", "http://a.example", nil),
            ("ci", "javascript:x", nil), ("ci", nil, "short"), ("ci", nil, String(repeating: "s", count: 129)),
        ] as [(String, String?, String?)]) func whatBreaksTheRulesIsRefused(_ name: String, _ avatar: String?, _ secret: String?)
    {
        #expect(throws: CommunityError.self) { try WebhookDraft(name: name, avatarURL: avatar, gitHubSecret: secret) }
    }
}
