internal import Community
internal import JSON
internal import Primitives

extension Wire {
    /// UserChannel: a channel as one of its members has it.
    static func userChannel(_ membership: ChannelMembership, to json: inout JSONWriter) {
        channel(membership.channel, to: &json)
        permissions("channelPerms", membership.permissions, to: &json)
        json.member("channelOwner", membership.channel.ownerID?.rawValue ?? 0)
        json.member("lastMessage", membership.channel.lastMessageID?.rawValue ?? 0)
        json.member("lastRead", membership.lastReadID?.rawValue ?? 0)
        json.member("joinedAt", membership.joinedAt.seconds)
    }

    /// What a search shows of a channel, and the beginning of UserChannel.
    static func channel(_ channel: Channel, to json: inout JSONWriter) {
        name(of: channel, to: &json)
        json.member("channelType", ChannelType(channel.access).rawValue)
    }

    /// The id and name of a channel.
    static func name(of channel: Channel, to json: inout JSONWriter) {
        json.member("channelId", channel.id.rawValue)
        json.member("channelName", channel.name)
    }

    /// A member in the list of a channel.
    static func member(_ member: ChannelMember, to json: inout JSONWriter) {
        json.member("userId", member.author.id.rawValue)
        json.member("username", member.author.username)
        permissions("userPerms", member.permissions, to: &json)
        json.member("joinedAt", member.joinedAt.seconds)
    }

    /// ChannelInvite.
    static func invite(_ invite: ChannelInvite, to json: inout JSONWriter) {
        json.member("inviteId", invite.id.rawValue)
        json.member("senderId", invite.sender.id.rawValue)
        json.member("senderName", invite.sender.username)
        json.member("recipientId", invite.recipient.id.rawValue)
        json.member("recipientName", invite.recipient.username)
        channel(invite.channel, to: &json)
        permissions("invitePerms", invite.permissions, to: &json)
        json.member("timestamp", invite.createdAt.seconds)
    }

    private static func permissions(_ name: StaticString, _ permissions: Permissions, to json: inout JSONWriter) {
        json.key(name)
        json.array { json in
            for permission in ChannelPermission.held(in: permissions) { json.value(permission.rawValue) }
        }
    }
}

/// Who may come into a channel (contracts/dawchat.md 3.20).
enum ChannelType: String {
    /// Anybody.
    case `public`
    /// Whoever is invited.
    case `private`

    init(_ access: ChannelAccess) {
        self = access == .publicMembership ? .public : .private
    }
}
