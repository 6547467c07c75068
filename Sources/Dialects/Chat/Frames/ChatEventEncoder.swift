internal import Community
internal import Gateway
internal import JSON
internal import Storage

/// Turns events into the frames of contracts/chat.md section 5.
final class ChatEventEncoder: EventEncoder {
    private let presence: Presence

    init(presence: Presence) {
        self.presence = presence
    }

    func encode(_ envelope: Envelope) -> EncodedEvent? {
        let sequence = envelope.event.id
        switch envelope.content {
        case .messageCreated(let message):
            guard message.kind == .text else { return nil }
            return EncodedEvent(
                common: ServerFrame.event(.messageCreate, sequence: sequence) { json in
                    json.object { Wire.message(message, to: &$0) }
                })
        case .channelCreated(let channel):
            return channelCreated(channel, sequence: sequence)
        case .memberAdded(let member, let memberCount, let detail):
            return memberAdded(member, memberCount: memberCount, detail: detail, sequence: sequence)
        case .memberRemoved(let space, let account, let reason, let memberCount):
            return EncodedEvent(
                common: ServerFrame.event(.serverMemberRemove, sequence: sequence) { json in
                    json.object { json in
                        Self.subject(account, of: space, presence: presence, to: &json)
                        json.member("reason", reason.rawValue)
                        json.member("member_count", memberCount)
                    }
                })
        case .channelMemberAdded, .channelMemberRemoved, .sessionEnded:
            return nil
        }
    }

    /// In a direct channel each participant sees the others (5.3).
    private func channelCreated(_ channel: Channel, sequence: Int64) -> EncodedEvent {
        func frame(for viewer: AccountID?) -> [UInt8] {
            ServerFrame.event(.channelCreate, sequence: sequence) { json in
                json.object { Wire.channel(channel, for: viewer, status: presence.status, to: &$0) }
            }
        }
        guard channel.kind == .direct else { return EncodedEvent(common: frame(for: nil)) }
        return EncodedEvent(
            common: nil,
            personal: Dictionary(channel.recipients.map { ($0.id, frame(for: $0.id)) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The added person also gets the server itself, because there is no opcode for a new server (5.4).
    private func memberAdded(_ member: Member, memberCount: Int, detail: SpaceDetail, sequence: Int64) -> EncodedEvent {
        func frame(withServer: Bool) -> [UInt8] {
            ServerFrame.event(.serverMemberAdd, sequence: sequence) { json in
                json.object { json in
                    Self.subject(member.account, of: member.spaceID, presence: presence, to: &json)
                    json.member("role", member.role.rawValue)
                    Wire.time("joined_at", member.joinedAt, to: &json)
                    json.member("member_count", memberCount)
                    guard withServer else { return }
                    json.key("server")
                    json.object { Wire.serverDetail(detail, status: presence.status, to: &$0) }
                }
            }
        }
        return EncodedEvent(
            common: frame(withServer: false), personal: [member.account.id: frame(withServer: true)], personalIsLarge: true)
    }

    private static func subject(_ account: Account, of space: SpaceID, presence: Presence, to json: inout JSONWriter) {
        json.member("server_id", String(space.rawValue))
        json.member("user_id", String(account.id.rawValue))
        json.member("username", account.username)
        json.key("user")
        json.object { Wire.user(account, status: presence.status(account), to: &$0) }
    }
}
