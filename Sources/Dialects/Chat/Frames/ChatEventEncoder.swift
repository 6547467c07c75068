internal import Community
internal import Gateway
internal import JSON
internal import Storage

/// Turns events into the frames of contracts/chat.md section 5.
///
/// There are two of them: sockets that did not ask for SERVER_UPDATE and SERVER_DELETE never see these opcodes (5.4).
final class ChatEventEncoder: EventEncoder {
    private let presence: Presence
    private let includesServerEvents: Bool

    init(presence: Presence, includesServerEvents: Bool) {
        self.presence = presence
        self.includesServerEvents = includesServerEvents
    }

    func encode(_ envelope: Envelope) -> EncodedEvent? {
        let sequence = envelope.event.id
        guard envelope.content.isShownInConversations else { return nil }
        switch envelope.content {
        case .messageCreated(let message, _):
            return event(.messageCreate, message, sequence: sequence)
        case .messageUpdated(let message):
            return event(.messageUpdate, message, sequence: sequence)
        case .messageDeleted(let id, let channel, let space):
            return event(.messageDelete, sequence: sequence) { json in
                json.member("message_id", String(id.rawValue))
                json.member("channel_id", String(channel.rawValue))
                json.member("server_id", space.map { String($0.rawValue) })
            }
        case .channelCreated(let channel):
            // Its first member is told of a channel of the home space by joining it.
            return channel.hasMembership ? nil : channelCreated(channel, sequence: sequence)
        case .channelUpdated(let channel):
            return event(.channelUpdate, channel, sequence: sequence)
        case .channelDeleted(let channel):
            // Those who saw a channel that not everybody saw are each told that it is hidden.
            return channel.source.scope == .space ? event(.channelDelete, channel, sequence: sequence) : nil
        case .channelShown(let channel, _):
            return event(.channelCreate, channel, sequence: sequence)
        case .channelHidden(let channel, _, let loss):
            // Who has lost the server is told of that.
            guard loss != .leftSpace, loss != .removedFromSpace else { return nil }
            return event(.channelDelete, channel, sequence: sequence)
        case .channelMemberAdded(let membership):
            let frame = ServerFrame.event(.channelCreate, sequence: sequence) { json in
                json.object { Wire.channel(membership.channel, for: nil, status: presence.status, to: &$0) }
            }
            return EncodedEvent(common: nil, personal: [membership.account: frame])
        case .memberAdded(let member, let memberCount, let detail):
            return memberAdded(member, memberCount: memberCount, detail: detail, sequence: sequence)
        case .memberRemoved(let removal), .removedFromSpace(let removal):
            return event(.serverMemberRemove, sequence: sequence) { json in
                subject(removal.account, of: removal.spaceID, to: &json)
                json.member("reason", removal.reason.rawValue)
                json.member("member_count", removal.memberCount)
            }
        case .spaceUpdated(let space):
            return includesServerEvents ? event(.serverUpdate, sequence: sequence) { Wire.server(space, to: &$0) } : nil
        case .spaceDeleted(let space):
            guard includesServerEvents else { return nil }
            return event(.serverDelete, sequence: sequence) { $0.member("server_id", String(space.rawValue)) }
        case .channelMemberRemoved, .channelNarrowed, .memberUpdated, .sessionEnded, .accountUpdated, .channelInvited, .profileCreated,
            .profileUpdated, .profileDeleted, .serverUpdated, .worldChanged, .serviceChanged, .instanceChanged, .candidateChanged,
            .queueChanged:
            return nil
        }
    }

    /// The same frame for everybody.
    private func event(_ operation: ServerOperation, sequence: Int64, _ members: (inout JSONWriter) -> Void) -> EncodedEvent {
        EncodedEvent(common: ServerFrame.event(operation, sequence: sequence) { $0.object(members) })
    }

    /// A message; nil for one of a kind that this API does not show.
    private func event(_ operation: ServerOperation, _ message: Message, sequence: Int64) -> EncodedEvent? {
        guard message.kind == .text else { return nil }
        return event(operation, sequence: sequence) { Wire.message(message, to: &$0) }
    }

    private func event(_ operation: ServerOperation, _ channel: Channel, sequence: Int64) -> EncodedEvent {
        event(operation, sequence: sequence) { Wire.channel(channel, for: nil, status: presence.status, to: &$0) }
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
                    subject(member.account, of: member.spaceID, to: &json)
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

    private func subject(_ account: Account, of space: SpaceID, to json: inout JSONWriter) {
        json.member("server_id", String(space.rawValue))
        json.member("user_id", String(account.id.rawValue))
        json.member("username", account.username)
        json.key("user")
        json.object { Wire.user(account, status: presence.status(account), to: &$0) }
    }
}
