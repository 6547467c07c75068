internal import Primitives
internal import Storage

/// What a channel says about permissions, as it stands in the database.
struct StoredRules: Equatable {
    /// What everyone has; nil: the same as in the space.
    var everyone: Permissions?
    var overrides: [PermissionOverride] = []

    /// Whether both say the same, whatever the order.
    func says(theSameAs other: StoredRules, default inherited: Permissions) -> Bool {
        (everyone ?? inherited) == (other.everyone ?? inherited) && Self.sorted(overrides) == Self.sorted(other.overrides)
    }

    /// Whether not everybody in the space may see a channel with these rules.
    var narrowsAudience: Bool {
        !overrides.isEmpty || everyone.map { !$0.contains(.viewChannel) } ?? false
    }

    static func sorted(_ overrides: [PermissionOverride]) -> [PermissionOverride] {
        overrides.sorted { ($0.kind.rawValue, $0.targetID) < ($1.kind.rawValue, $1.targetID) }
    }
}

/// A channel of a galaxy with all that its own API shows.
struct GalaxyChannelRecord {
    var listed: ListedChannel
    var externalID: String?
    var parent: ChannelID?
    var rules: StoredRules
    /// How Cosmos knows the people that the rules are about, but for those whom it knows by their numbers.
    var people: [Int64: String] = [:]

    var channel: Channel { listed.channel }
    /// The id that Cosmos knows it by.
    var wireID: String { externalID ?? String(channel.id.rawValue) }
}

extension SQLReader {
    /// The channels of a space, or one of them, with their rules. Two statements, however many they are.
    ///
    /// - Parameter id: 0 for all.
    func records(of space: SpaceID, only id: ChannelID = ChannelID(0), for account: AccountID) throws -> [GalaxyChannelRecord] {
        var overrides: [ChannelID: [PermissionOverride]] = [:]
        var people: [ChannelID: [Int64: String]] = [:]
        try run(
            """
            SELECT o.channel_id, o.kind, o.target_id, o.permissions, l.subject
            FROM channels c
            JOIN channel_overrides o ON o.channel_id = c.id
            LEFT JOIN linked_identities l ON l.account_id = o.target_id AND l.provider = $3
            WHERE c.space_id = $1 AND (c.id = $2 OR $2 = 0)
            """, [.integer(space.rawValue), .integer(id.rawValue), .text(IdentityProvider.cosmos)]
        ) { row in
            guard let kind = PermissionOverride.Kind(rawValue: try row.integer(1)) else { return }
            let (channel, target) = (ChannelID(try row.integer(0)), try row.integer(2))
            overrides[channel, default: []].append(
                PermissionOverride(kind: kind, targetID: target, permissions: Permissions(rawValue: try row.integer(3))))
            people[channel, default: [:]][target] = try row.optionalText(4)
        }
        return try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, c.default_permissions, c.inherits_default, c.override_count, cm.permissions, c.external_id,
                c.parent_id
            FROM channels c LEFT JOIN channel_members cm ON cm.channel_id = c.id AND cm.account_id = $3
            WHERE c.space_id = $1 AND (c.id = $2 OR $2 = 0) ORDER BY c.id
            """, [.integer(space.rawValue), .integer(id.rawValue), .integer(account.rawValue)]
        ) { row in
            let listed = try ListedChannel(row)
            let next = Channel.columnCount + 4
            return GalaxyChannelRecord(
                listed: listed, externalID: try row.optionalText(next), parent: try row.optionalInteger(next + 1).map { ChannelID($0) },
                rules: StoredRules(everyone: listed.everyone, overrides: overrides[listed.channel.id] ?? []),
                people: people[listed.channel.id] ?? [:])
        }
    }

    /// The channel that Cosmos knows by an id in a space.
    ///
    /// - Throws: `CommunityError.unknownChannel`.
    func channelID(_ id: String, in space: SpaceID) throws -> ChannelID {
        guard id.isStorable else { throw CommunityError.unknownChannel }
        let named = try first(
            "SELECT id FROM channels WHERE space_id = $1 AND external_id = $2", [.integer(space.rawValue), .text(id)]
        ) { ChannelID(try $0.integer(0)) }
        if let named { return named }
        guard let number = Int64(id), String(number) == id,
            let own = try first(
                "SELECT id FROM channels WHERE id = $1 AND space_id = $2 AND external_id IS NULL",
                [.integer(number), .integer(space.rawValue)], { ChannelID(try $0.integer(0)) })
        else { throw CommunityError.unknownChannel }
        return own
    }

    /// - Throws: `CommunityError.unknownChannel`.
    func record(_ id: String, in space: SpaceID, for account: AccountID) throws -> GalaxyChannelRecord {
        guard let record = try records(of: space, only: try channelID(id, in: space), for: account).first else {
            throw CommunityError.unknownChannel
        }
        return record
    }

    /// The channels of a category; none for other channels.
    func children(of record: GalaxyChannelRecord, in space: SpaceID) throws -> [GalaxyChannelRecord] {
        guard record.channel.kind == .category else { return [] }
        return try records(of: space, for: AccountID(0)).filter { $0.parent == record.channel.id }
    }

    /// The id that Cosmos knows the category of a channel by.
    func parentID(of record: GalaxyChannelRecord) throws -> String? {
        guard let parent = record.parent else { return nil }
        return try first("SELECT external_id FROM channels WHERE id = $1", [.integer(parent.rawValue)]) {
            try $0.optionalText(0) ?? String(parent.rawValue)
        }
    }
}

extension Transaction {
    /// Writes what a channel says about permissions.
    func store(_ rules: StoredRules, of channel: ChannelID, ownAudience: Bool) throws {
        try execute(
            """
            UPDATE channels SET default_permissions = $1, inherits_default = $2, override_count = $3, own_audience = $4 WHERE id = $5
            """,
            [
                .integer(rules.everyone?.rawValue ?? 0), .bool(rules.everyone == nil), .integer(Int64(rules.overrides.count)),
                .bool(ownAudience), .integer(channel.rawValue),
            ])
        try execute("DELETE FROM channel_overrides WHERE channel_id = $1", [.integer(channel.rawValue)])
        for override in rules.overrides {
            try execute(
                "INSERT INTO channel_overrides (channel_id, kind, target_id, permissions) VALUES ($1, $2, $3, $4)",
                [
                    .integer(channel.rawValue), .integer(override.kind.rawValue), .integer(override.targetID),
                    .integer(override.permissions.rawValue),
                ])
        }
    }
}
