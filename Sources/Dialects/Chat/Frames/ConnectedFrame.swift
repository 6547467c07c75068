internal import Community
internal import Gateway
internal import JSON

extension ServerFrame {
    /// CONNECTED: who the user is and what the user can see (contracts/chat.md 5.1). `s` is the position from which events follow.
    static func connected(
        _ snapshot: Snapshot, present: [PresenceChange], sessionID: String, heartbeatMilliseconds: Int, presence: Presence
    ) -> [UInt8] {
        event(.connected, sequence: snapshot.position) { json in
            json.object { json in
                let account = snapshot.account
                json.key("user")
                json.object { Wire.selfUser(account, status: presence.status(account), to: &$0) }
                json.member("user_id", String(account.id.rawValue))
                json.member("username", account.username)
                json.member("session_id", sessionID)
                json.key("servers")
                json.array { json in
                    for (space, channels) in snapshot.spaces {
                        json.object { Wire.server(space, channels: channels, status: presence.status, to: &$0) }
                    }
                }
                json.key("dm_channels")
                json.array { json in
                    for channel in snapshot.directChannels {
                        json.object { Wire.channel(channel, for: account.id, status: presence.status, to: &$0) }
                    }
                }
                json.key("presences")
                json.array { json in
                    for person in present {
                        json.object { json in
                            json.member("user_id", String(person.account.rawValue))
                            json.member("status", person.status.rawValue)
                        }
                    }
                }
                json.member("resumed", false)
                json.member("heartbeat_interval", heartbeatMilliseconds)
                json.member("v", 1)
            }
        }
    }
}
