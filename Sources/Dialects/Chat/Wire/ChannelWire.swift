internal import Community
internal import JSON

extension Wire {
    /// Channel.
    ///
    /// - Parameter viewer: who will read it: left out of a direct channel's recipients. Nil for channels of a server.
    static func channel(_ channel: Channel, for viewer: AccountID?, status: StatusLookup, to json: inout JSONWriter) {
        identity("channel_id", channel.id.rawValue, to: &json)
        json.member("server_id", channel.spaceID.map { String($0.rawValue) })
        json.member("name", channel.name)
        json.member("type", channel.kind == .direct ? "dm" : "text")
        json.member("topic", channel.topic)
        json.member("position", channel.position)
        json.member("last_message_id", channel.lastTextMessageID.map { String($0.rawValue) })
        time("created_at", channel.createdAt, to: &json)
        guard channel.kind == .direct else { return }
        json.key("recipients")
        json.array { json in
            for recipient in channel.recipients where recipient.id != viewer {
                json.object { user(recipient, status: status(recipient), to: &$0) }
            }
        }
    }
}
