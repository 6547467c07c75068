internal import Community
internal import JSON
internal import Primitives
internal import Security
internal import Webhooks

extension Wire {
    /// What somebody has said, for webhooks, or what one of them has.
    ///
    /// - Parameter authorID: the account, as Cosmos knows it; nil for a webhook.
    static func message(_ message: Message, channelID: String, authorID: String?, to json: inout JSONWriter) {
        json.member("id", String(message.id.rawValue))
        json.member("channelId", channelID)
        json.member("authorId", authorID)
        json.member("webhookId", message.webhook.map { String($0.id.rawValue) })
        json.member("username", message.author.displayName ?? message.author.username)
        json.member("avatarUrl", message.author.avatarURL)
        json.member("content", message.content)
        time("timestamp", message.createdAt, to: &json)
        time("editedTimestamp", message.editedAt, to: &json)
    }

    /// An endpoint (contracts/cosmos.md 8.1).
    ///
    /// - Parameters:
    ///   - key: this server's public key, for those who check `v1a`.
    ///   - createdBy: who made it, as Cosmos knows it.
    ///   - secret: only when it has just been made.
    static func endpoint(
        _ endpoint: WebhookEndpoint, galaxyID: String, createdBy: String, key: Ed25519PublicKey, secret: [UInt8]? = nil,
        to json: inout JSONWriter
    ) {
        json.member("id", String(endpoint.id.rawValue))
        json.member("galaxyId", galaxyID)
        json.member("url", endpoint.url)
        json.member("events", array: { json in for event in endpoint.events { json.value(event) } })
        if let channels = endpoint.channels {
            json.member("channelIds", array: { json in for channel in channels { json.value(channel) } })
        } else {
            json.member("channelIds", nil as String?)
        }
        json.member("description", endpoint.description)
        json.member("scheme", endpoint.scheme.name)
        json.member("state", endpoint.state.name)
        json.member("disabledReason", endpoint.disabledReason?.rawValue)
        json.member("createdBy", createdBy)
        time("createdAt", endpoint.createdAt, to: &json)
        time("lastSuccessAt", endpoint.lastSuccessAt, to: &json)
        time("firstFailureAt", endpoint.firstFailureAt, to: &json)
        json.member("publicKey", endpoint.scheme == .symmetric ? nil : StandardWebhookSignature.text(of: key))
        if let secret { json.member("secret", StandardWebhookSignature.text(ofSecret: secret)) }
    }

    /// An attempt to deliver something.
    static func attempt(_ attempt: DeliveryAttempt, webhookID: String, to json: inout JSONWriter) {
        json.member("id", String(attempt.id))
        json.member("webhookId", webhookID)
        json.member("messageId", attempt.messageID)
        json.member("type", attempt.type)
        json.member("attempt", attempt.attempt)
        time("at", attempt.at, to: &json)
        json.member("status", attempt.isSuccess ? "succeeded" : "failed")
        json.key("statusCode")
        if let status = attempt.status { json.value(status) } else { json.null() }
        // Why there was no answer is not told: it would be a way to look into networks (8.5).
        json.member("error", attempt.failure.map { $0 == "timeout" ? "timeout" : "failed" })
        json.member("durationMs", attempt.milliseconds)
    }
}
