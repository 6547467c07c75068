internal import Community
internal import Gateway
internal import HTTP
internal import JSON

/// Turns events into those of the event stream (contracts/dawchat.md 4).
final class DawchatEventEncoder: EventEncoder {
    func encode(_ envelope: Envelope) -> EncodedEvent? {
        switch envelope.content {
        case .messageCreated(let message, let channel):
            return channel.hasMembership ? Self.messageCreated(message, in: channel) : nil
        case .channelMemberAdded(let membership):
            let data = Wire.object { Wire.userChannel(membership, to: &$0) }
            let event = ServerSentEvent.bytes(id: membership.channel.id.rawValue, event: "channel-join", data: data)
            return EncodedEvent(common: nil, personal: [membership.account: event])
        case .channelHidden(let channel, _, let loss):
            return channel.hasMembership ? EncodedEvent(common: Self.channelLost(channel, loss)) : nil
        case .channelInvited(let invite):
            // Without an id: a client that comes back still names the last message it knows.
            let data = Wire.object { Wire.invite(invite, to: &$0) }
            return EncodedEvent(common: ServerSentEvent.bytes(id: nil, event: "user-invite", data: data))
        case .messageUpdated, .messageDeleted, .channelCreated, .channelUpdated, .channelDeleted, .channelShown, .channelNarrowed,
            .memberAdded, .memberUpdated, .memberRemoved, .removedFromSpace, .spaceUpdated, .spaceDeleted, .channelMemberRemoved,
            .sessionEnded, .accountUpdated, .profileCreated, .profileUpdated, .profileDeleted, .serverUpdated, .worldChanged,
            .serviceChanged, .instanceChanged, .candidateChanged, .queueChanged:
            return nil
        }
    }

    func encode(_ event: FleetingEvent) -> [UInt8]? { nil }

    private static func messageCreated(_ message: Message, in channel: Channel) -> EncodedEvent? {
        switch message.kind {
        case .text: EncodedEvent(common: channelMessage(message, in: channel))
        // Its maker, who is alone there, is told by channel-join.
        case .channelCreate: nil
        case .channelRename: EncodedEvent(common: channelRename(message) + channelMessage(message, in: channel))
        }
    }

    private static func channelMessage(_ message: Message, in channel: Channel) -> [UInt8] {
        let data = Wire.object(capacity: 320 + message.content.utf8.count) { json in
            Wire.message(message, to: &json)
            json.member("channelName", channel.name)
        }
        return ServerSentEvent.bytes(id: message.id.rawValue, event: "channel-message", data: data)
    }

    /// The message that notes it holds the new name.
    private static func channelRename(_ note: Message) -> [UInt8] {
        let data = Wire.object { json in
            json.member("channelId", note.channelID.rawValue)
            json.member("channelName", note.content)
        }
        return ServerSentEvent.bytes(id: note.channelID.rawValue, event: "channel-rename", data: data)
    }

    private static func channelLost(_ channel: Channel, _ loss: ChannelLoss) -> [UInt8] {
        let data = Wire.object { $0.member("channelId", channel.id.rawValue) }
        switch loss {
        case .left, .leftSpace: return ServerSentEvent.bytes(id: channel.id.rawValue, event: "channel-leave", data: data)
        case .removed, .removedFromSpace, .deleted, .rules:
            return ServerSentEvent.bytes(id: channel.id.rawValue, event: "channel-remove", data: data)
        }
    }
}
