internal import Community
internal import JSON
internal import Primitives

/// The JSON shapes of contracts/cosmos.md, written straight into bytes. Ids are strings, times RFC 3339 with milliseconds, permissions integers.
enum Wire {
    /// One object as the bytes of a body.
    static func object(capacity: Int = 256, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        return json.bytes
    }

    /// A list of objects as the bytes of a body.
    static func list<Item>(_ items: [Item], _ write: (Item, inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + items.count * 256)
        json.array { json in
            for item in items { json.object { write(item, &$0) } }
        }
        return json.bytes
    }

    static func time(_ name: StaticString, _ time: Timestamp?, to json: inout JSONWriter) {
        json.member(name, time?.rfc3339Milliseconds)
    }

    /// Galaxy (1.5).
    ///
    /// - Parameters:
    ///   - server: the canonical origin of this server.
    ///   - isPrivate: whether `privateFlags` is shown: to metadata servers only.
    static func galaxy(_ galaxy: Galaxy, server: String, isPrivate: Bool, to json: inout JSONWriter) {
        json.member("id", galaxy.id)
        json.member("name", galaxy.space.name)
        json.member("description", galaxy.space.description)
        json.member("server", server)
        json.member("iconHash", galaxy.iconHash)
        json.member("ownerId", galaxy.ownerID)
        json.member("publicFlags", galaxy.flags.publicBits)
        if isPrivate { json.member("privateFlags", galaxy.flags.privateBits) }
    }

    /// Galaxy Channel (1.5).
    static func channel(_ channel: GalaxyChannel, to json: inout JSONWriter) {
        json.member("id", channel.id)
        json.member("type", channel.channel.kind.rawValue)
        json.member("name", channel.channel.name)
        json.member("topic", channel.channel.topic)
        json.member("defaultPermissions", channel.everyone.rawValue)
        json.member("permissionOverrides", array: { json in for override in channel.overrides { json.object { rule(override, to: &$0) } } })
        json.member("lastMessageId", channel.channel.lastTextMessageID.map { String($0.rawValue) })
        json.member("parentChannelId", channel.parentID)
    }

    /// PermissionOverride (1.5).
    private static func rule(_ override: GalaxyOverride, to json: inout JSONWriter) {
        json.member("type", override.kind.rawValue)
        json.member("id", override.id)
        json.member("permissions", override.permissions.rawValue)
    }

    /// What everybody may see of a webhook that Roost receives (9.1).
    static func identity(of webhook: IncomingWebhook, to json: inout JSONWriter) {
        json.member("id", String(webhook.id.rawValue))
        json.member("type", 1)
        json.member("galaxyId", webhook.galaxyID)
        json.member("channelId", webhook.channelWireID)
        json.member("name", webhook.name)
        json.member("avatarUrl", webhook.avatarURL)
    }

    /// A member of a galaxy.
    static func member(_ member: GalaxyMember, to json: inout JSONWriter) {
        json.member("userId", member.userID)
        json.member("name", member.member.account.displayName ?? member.member.account.username)
        json.member("isOwner", member.member.role == .owner)
        json.member("roles", array: { json in for role in member.roles { json.value(String(role.rawValue)) } })
        time("joinedAt", member.member.joinedAt, to: &json)
    }
}
