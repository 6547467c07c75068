internal import Primitives
internal import Storage

/// A channel and what one account may do there: everything that an operation on messages needs.
struct ChannelStanding {
    var channel: Channel
    var permissions: Permissions
    /// Whether the account is a member of the channel itself.
    var isMember: Bool
    /// The account as its messages show it; nil when there is no such account.
    var author: Author?
    /// What the metadata server has said of the space.
    var flags = SpaceFlags()

    /// - Throws: `CommunityError.missingAccess` for those who do not see the channel, `.missingPermission` for those who do; what changes something
    ///   `.spaceSuspended`, `.spaceReadOnly`.
    func require(_ needed: Permissions) throws(CommunityError) {
        guard permissions.contains(.viewChannel) else { throw .missingAccess }
        let missing = needed.subtracting(permissions)
        guard missing.isEmpty else { throw .missingPermission(missing) }
        let isReading = !needed.isEmpty && needed.isSubset(of: .reading)
        if !isReading { try flags.requireWritable() }
        if needed.contains(.sendMessages), flags.isReadOnly { throw .spaceReadOnly }
    }

    /// What changing one's own words needs besides having written them.
    ///
    /// - Throws: `CommunityError.spaceSuspended`, `.spaceReadOnly`.
    func requireWritable() throws(CommunityError) {
        try flags.requireWritable()
        if flags.isReadOnly { throw .spaceReadOnly }
    }
}

extension SQLReader {
    /// One statement, a row for each role of the account; a second one only for a channel with overrides.
    ///
    /// - Parameter kinds: what is no conversation is unknown, unless all kinds are asked for.
    /// - Throws: `CommunityError.unknownChannel`.
    func standing(
        of account: AccountID, in channel: ChannelID, at now: Timestamp, kinds: ChannelKinds = .conversations
    ) throws -> ChannelStanding {
        var listed: ListedChannel?
        var author: Author?
        var everyone: Permissions = []
        var subject = EffectivePermissions.Subject(accountID: account)
        var flags = SpaceFlags()
        try run(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, c.default_permissions, c.inherits_default, c.override_count, cm.permissions,
                s.owner_id, e.permissions, m.account_id, m.timed_out_until, r.id, r.permissions, a.id, a.username, a.display_name, a.avatar_url,
                s.public_flags, s.private_flags
            FROM channels c
            LEFT JOIN spaces s ON s.id = c.space_id
            LEFT JOIN roles e ON e.id = c.space_id
            LEFT JOIN members m ON m.space_id = c.space_id AND m.account_id = $2
            LEFT JOIN channel_members cm ON cm.channel_id = c.id AND cm.account_id = $2
            LEFT JOIN member_roles mr ON mr.space_id = c.space_id AND mr.account_id = $2
            LEFT JOIN roles r ON r.id = mr.role_id
            LEFT JOIN accounts a ON a.id = $2
            WHERE c.id = $1 AND c.kind <= $3 AND s.deleted_at IS NULL
            """, [.integer(channel.rawValue), .integer(account.rawValue), .integer(kinds.rawValue)]
        ) { row in
            let next = Channel.columnCount + 4
            if listed == nil {
                listed = try ListedChannel(row)
                subject.isOwner = try row.optionalInteger(next) == account.rawValue
                everyone = Permissions(rawValue: try row.optionalInteger(next + 1) ?? 0)
                subject.isMember = try row.optionalInteger(next + 2) != nil
                subject.isTimedOut = try row.optionalInteger(next + 3).map { $0 > now.microseconds } ?? false
                if try row.optionalInteger(next + 6) != nil { author = try Author(row, at: next + 6) }
                flags = SpaceFlags(
                    publicBits: try row.optionalInteger(next + 10) ?? 0, privateBits: try row.optionalInteger(next + 11) ?? 0)
            }
            if let role = try EffectivePermissions.Role(row, at: next + 4) { subject.roles.append(role) }
        }
        guard let listed else { throw CommunityError.unknownChannel }
        let overrides = listed.hasOverrides ? try overrides(of: channel) : []
        return ChannelStanding(
            channel: listed.channel, permissions: listed.permissions(of: subject, everyone: everyone, overrides: overrides),
            isMember: listed.own != nil, author: author, flags: flags)
    }
}

/// What channels a look may find: the greatest number of a kind.
enum ChannelKinds: Int64 {
    /// Text and direct channels.
    case conversations = 1
    /// Voice channels and categories as well.
    case all = 4
}
