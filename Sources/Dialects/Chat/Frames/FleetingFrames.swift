internal import Community
internal import Gateway
internal import JSON

extension ChatEventEncoder {
    /// PRESENCE_UPDATE (contracts/chat.md 5.5) and TYPING_START (5.6).
    func encode(_ event: FleetingEvent) -> [UInt8]? {
        switch event {
        case .presence(let change):
            ServerFrame.fleeting(.presenceUpdate) { json in
                let id = String(change.account.rawValue)
                json.member("user_id", id)
                json.member("username", change.username)
                json.key("user")
                json.object { user in
                    user.member("user_id", id)
                    user.member("username", change.username)
                }
                json.member("status", change.status.rawValue)
            }
        case .typing(let typist, let time):
            ServerFrame.fleeting(.typingStart) { json in
                json.member("channel_id", String(typist.channelID.rawValue))
                json.member("server_id", typist.spaceID.map { String($0.rawValue) })
                json.member("user_id", String(typist.author.id.rawValue))
                json.member("username", typist.author.username)
                Wire.time("timestamp", time, to: &json)
            }
        }
    }
}
