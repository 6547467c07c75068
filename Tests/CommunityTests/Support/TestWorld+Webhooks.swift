import Community
import Storage
import StorageTesting
import Testing

/// A text channel of the galaxy `g1`.
struct TestRoom: Sendable {
    var id: String
    var channel: ChannelID
    var owner: AccountID
}

/// A webhook and its token.
struct TestWebhook: Sendable {
    var id: WebhookID
    var token: String
    var room: TestRoom
}

extension TestWorld {
    /// The galaxy is made with its first room.
    func room(_ name: String = "general") async throws -> TestRoom {
        if (try? await community.galaxy("g1")) == nil { try await galaxy() }
        let owner = try #require(try await community.galaxy("g1").space.ownerID)
        let draft = try GalaxyChannelDraft(name: name, kind: 0)
        let made = try await community.createGalaxyChannel(in: "g1", draft, by: .account(owner)).channel
        return TestRoom(id: made.id, channel: made.channel.id, owner: owner)
    }

    func webhook(in room: TestRoom? = nil, permissions: Permissions? = nil) async throws -> TestWebhook {
        let place: TestRoom = if let room { room } else { try await self.room() }
        let made = try await community.createWebhook(
            in: place.id, of: "g1", by: .account(place.owner), WebhookDraft(name: "ci", permissions: permissions))
        return TestWebhook(id: made.webhook.id, token: made.token.text, room: place)
    }

    @discardableResult
    func execute(_ post: WebhookPost, _ webhook: TestWebhook) async throws -> Message {
        try #require(try await community.execute(webhook.id, token: webhook.token, [post]).first)
    }

    @discardableResult
    func post(_ text: String, _ webhook: TestWebhook) async throws -> Message {
        try await execute(WebhookPost(content: text), webhook)
    }

    func webhookCount() async throws -> Int64? {
        try await database.read { reader in try reader.first("SELECT COUNT(*) FROM incoming_webhooks", []) { try $0.integer(0) } }
    }
}
