internal import Primitives
internal import Storage

extension Channel {
    /// How many columns a channel is made of.
    static let columnCount = 12

    /// From the columns id, space_id, owner_id, name, kind, access, topic, position, last_message_id, last_text_message_id, own_audience,
    /// created_at. Recipients are read apart.
    init(_ row: Row, at first: Int = 0) throws(DatabaseError) {
        self.init(
            id: ChannelID(try row.integer(first)), spaceID: try row.optionalInteger(first + 1).map { SpaceID($0) },
            ownerID: try row.optionalInteger(first + 2).map { AccountID($0) }, name: try row.optionalText(first + 3),
            kind: ChannelKind(rawValue: try row.integer(first + 4)) ?? .text,
            // An access that this version does not know is the strictest one.
            access: ChannelAccess(rawValue: try row.integer(first + 5)) ?? .privateMembership, topic: try row.optionalText(first + 6),
            position: Int(try row.integer(first + 7)), lastMessageID: try row.optionalInteger(first + 8).map { MessageID($0) },
            lastTextMessageID: try row.optionalInteger(first + 9).map { MessageID($0) }, hasOwnAudience: try row.bool(first + 10),
            createdAt: Timestamp(microseconds: try row.integer(first + 11)))
    }
}

/// A channel as it is listed: with what decides whether somebody sees it.
struct ListedChannel {
    var channel: Channel
    /// What everyone has there; nil: as in the space.
    var everyone: Permissions?
    var hasOverrides: Bool
    /// What the reader has as a member of the channel itself.
    var own: Permissions?

    /// From the columns of the channel and default_permissions, inherits_default, override_count, the permissions of the reader.
    init(_ row: Row) throws(DatabaseError) {
        let next = Channel.columnCount
        channel = try Channel(row)
        everyone = try row.bool(next + 1) ? nil : Permissions(rawValue: try row.integer(next))
        hasOverrides = try row.bool(next + 2)
        own = try row.optionalInteger(next + 3).map { Permissions(rawValue: $0) }
    }

    /// What an account may do there, given what it is in the space.
    func permissions(of subject: EffectivePermissions.Subject, everyone spaceDefault: Permissions, overrides: [PermissionOverride])
        -> Permissions
    {
        switch channel.access {
        case .open:
            guard let space = channel.spaceID else { return [] }
            return EffectivePermissions.resolve(
                for: subject, in: space, everyone: spaceDefault,
                channel: EffectivePermissions.ChannelRules(everyone: everyone, overrides: overrides, isVoice: channel.kind == .voice))
        case .publicMembership, .privateMembership, .direct:
            // Nobody comes in through the space, not even its owner: what is said there is between the members.
            let own = (own ?? []).intersection(.channel.union(.kickMembers)).withoutImplied()
            return subject.isTimedOut ? own.intersection(.reading) : own
        }
    }
}

extension SQLReader {
    /// The text channels of a space that an account sees, by position and then id.
    func channels(visibleTo standing: SpaceStanding, at now: Timestamp) throws -> [Channel] {
        // In the home space only those that the account has joined: of thousands of others it sees none.
        if standing.space.isHome { return try channels(of: standing.space.id, joinedBy: standing.subject.accountID) }
        let listed = try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, c.default_permissions, c.inherits_default, c.override_count, cm.permissions
            FROM channels c LEFT JOIN channel_members cm ON cm.channel_id = c.id AND cm.account_id = $2
            WHERE c.space_id = $1 AND c.kind = 0 ORDER BY c.position, c.id
            """, [.integer(standing.space.id.rawValue), .integer(standing.subject.accountID.rawValue)]
        ) { try ListedChannel($0) }
        return try listed.compactMap { entry in
            let overrides = entry.hasOverrides ? try overrides(of: entry.channel.id) : []
            let permissions = entry.permissions(of: standing.subject, everyone: standing.everyone, overrides: overrides)
            return permissions.contains(.viewChannel) ? entry.channel : nil
        }
    }

    /// The channels of the home space that an account is a member of, by position and then id.
    func channels(of space: SpaceID, joinedBy account: AccountID) throws -> [Channel] {
        try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at
            FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND c.space_id = $2 AND (cm.permissions & $3) <> 0 ORDER BY c.position, c.id
            """, [.integer(account.rawValue), .integer(space.rawValue), .integer(Permissions.viewChannel.rawValue)]
        ) { try Channel($0) }
    }

    /// The open text channels of a space whose events do not concern the whole space.
    func channelsWithOwnAudience(of space: SpaceID) throws -> [ChannelID] {
        try query("SELECT id FROM channels WHERE space_id = $1 AND own_audience = 1 AND kind = 0 ORDER BY id", [.integer(space.rawValue)]) {
            ChannelID(try $0.integer(0))
        }
    }

    func overrides(of channel: ChannelID) throws -> [PermissionOverride] {
        try query(
            "SELECT kind, target_id, permissions FROM channel_overrides WHERE channel_id = $1", [.integer(channel.rawValue)]
        ) { row in
            guard let kind = PermissionOverride.Kind(rawValue: try row.integer(0)) else { return nil }
            return PermissionOverride(kind: kind, targetID: try row.integer(1), permissions: Permissions(rawValue: try row.integer(2)))
        }.compactMap { $0 }
    }

    /// The participants of a direct channel.
    func recipients(of channel: ChannelID) throws -> [Account] {
        try query(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at
            FROM channel_members cm JOIN accounts a ON a.id = cm.account_id WHERE cm.channel_id = $1 ORDER BY a.id
            """, [.integer(channel.rawValue)]
        ) { try Account($0) }
    }

    /// The direct channels of an account, those with the latest activity first, with all participants. One statement, however many they are.
    func directChannels(of account: AccountID) throws -> [Channel] {
        var channels: [Channel] = []
        try run(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at,
                a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at
            FROM (
                SELECT c.* FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
                WHERE cm.account_id = $1 AND c.access = 3 ORDER BY COALESCE(c.last_message_id, c.id) DESC LIMIT $2) c
            JOIN channel_members p ON p.channel_id = c.id
            JOIN accounts a ON a.id = p.account_id
            ORDER BY COALESCE(c.last_message_id, c.id) DESC, a.id
            """, [.integer(account.rawValue), .integer(Int64(Limits.directChannelsPerAccount))]
        ) { row in
            let channel = try Channel(row)
            if channels.last?.id != channel.id { channels.append(channel) }
            channels[channels.endIndex - 1].recipients.append(try Account(row, at: Channel.columnCount))
        }
        return channels
    }
}

extension Transaction {
    /// Writes a channel of a space, without members and event.
    @discardableResult
    func insertChannel(
        _ draft: ChannelDraft, in space: SpaceID, kind: ChannelKind = .text, access: ChannelAccess, owner: AccountID? = nil
    ) throws -> Channel {
        let last = try first("SELECT MAX(position) FROM channels WHERE space_id = $1", [.integer(space.rawValue)]) {
            try $0.optionalInteger(0)
        }
        let position = draft.position ?? (last ?? nil).map { min(Int($0) + 1, Limits.position.upperBound) } ?? 0
        let channel = Channel(
            id: ChannelID(nextID()), spaceID: space, ownerID: owner, name: draft.name, kind: kind, access: access, topic: draft.topic,
            position: position,
            createdAt: now)
        try execute(
            """
            INSERT INTO channels (
                id, space_id, owner_id, name, name_key, kind, access, topic, position, default_permissions, inherits_default, override_count,
                created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1, 0, $10)
            """,
            [
                .integer(channel.id.rawValue), .integer(space.rawValue), .optional(owner?.rawValue), .text(draft.name),
                .optional(channel.nameKey), .integer(channel.kind.rawValue), .integer(access.rawValue), .optional(draft.topic),
                .integer(Int64(position)),
                .integer(now.microseconds),
            ])
        return channel
    }
}
