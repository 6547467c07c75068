internal import Community
internal import JSON

extension Wire {
    /// Message. The webhook is written only when one has said it. The nonce is written only when the message carries one: in the answer to its sender and in the event.
    static func message(_ message: Message, to json: inout JSONWriter) {
        identity("message_id", message.id.rawValue, to: &json)
        json.member("channel_id", String(message.channelID.rawValue))
        json.member("server_id", message.spaceID.map { String($0.rawValue) })
        json.key("author")
        json.object { author(message.author, to: &$0) }
        json.member("content", message.content)
        time("timestamp", message.createdAt, to: &json)
        time("edited_timestamp", message.editedAt, to: &json)
        json.member("type", "default")
        if let webhook = message.webhook { json.member("webhook_id", String(webhook.id.rawValue)) }
        if let nonce = message.nonce { json.member("nonce", nonce) }
    }
}
