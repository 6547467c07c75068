internal import Community
internal import Dialect
internal import HTTP
internal import JSON

/// What programs get that post in Discord's form: our own names, and beside them those that libraries for Discord read (contracts/cosmos.md 9.2).
enum DiscordWire {
    /// A message that a webhook has posted.
    static func message(_ message: Message, by webhook: IncomingWebhook) -> [UInt8] {
        let post = message.webhook?.post
        return Wire.object(capacity: 1_024) { json in
            json.member("id", String(message.id.rawValue))
            json.member("channelId", webhook.channelWireID)
            json.member("authorId", String?.none)
            json.member("webhookId", String(webhook.id.rawValue))
            json.member("username", message.author.username)
            json.member("avatarUrl", message.author.avatarURL)
            json.member("content", post?.content ?? message.content)
            json.member(
                "embeds",
                array: { json in
                    for embed in post?.embeds ?? [] { json.object { embed.write(to: &$0) } }
                })
            json.member("attachments", array: { _ in })
            Wire.time("timestamp", message.createdAt, to: &json)
            json.member("type", 0)
            json.member("channel_id", webhook.channelWireID)
            json.member("webhook_id", String(webhook.id.rawValue))
            json.member(
                "author",
                object: { json in
                    json.member("id", String(webhook.id.rawValue))
                    json.member("username", message.author.username)
                    json.member("avatar", String?.none)
                    json.member("discriminator", "0000")
                    json.member("bot", true)
                })
            Wire.time("edited_timestamp", message.editedAt, to: &json)
            json.member("tts", false)
            json.member("pinned", false)
            json.member("mention_everyone", post?.mentions.everyone ?? false && (post?.content.contains("@everyone") ?? false))
            json.member("mentions", array: { _ in })
            json.member("mention_roles", array: { _ in })
            json.member("components", array: { _ in })
            json.member("flags", post?.isSilent == true ? DiscordPost.silentFlag : 0)
        }
    }

    /// A webhook, for somebody who has its token only: not who has made it.
    static func webhook(_ webhook: IncomingWebhook) -> [UInt8] {
        Wire.object { json in
            Wire.identity(of: webhook, to: &json)
            json.member("guild_id", webhook.galaxyID)
            json.member("channel_id", webhook.channelWireID)
            json.member("avatar", String?.none)
            json.member("application_id", String?.none)
        }
    }

    /// The answer to a message that is one too many: a problem document with Discord's members.
    static func rateLimited(_ error: RateLimitReached) -> HTTPResponse {
        let kind = ProblemKind.rateLimited
        let body = Wire.object { json in
            json.member("message", "You are being rate limited.")
            json.member("retry_after", error.afterSeconds)
            json.member("global", false)
            json.member("type", "urn:cosmos:error:\(kind.code)")
            json.member("title", kind.title)
            json.member("status", kind.status.code)
            json.member("detail", error.message)
            json.member("code", kind.code)
        }
        var response = HTTPResponse.bytes(body, contentType: "application/problem+json", status: kind.status)
        error.status.add(to: &response.headers)
        response.headers.set("Retry-After", String(Int(error.afterSeconds.rounded(.up))))
        return response
    }
}
