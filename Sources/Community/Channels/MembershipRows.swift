internal import Primitives
internal import Storage

extension ChannelMembership {
    /// From the columns of the channel and account_id, permissions, joined_at, last_read_id.
    init(_ row: Row) throws(DatabaseError) {
        let next = Channel.columnCount
        self.init(
            channel: try Channel(row), account: AccountID(try row.integer(next)),
            permissions: Permissions(rawValue: try row.integer(next + 1)), joinedAt: Timestamp(microseconds: try row.integer(next + 2)),
            lastReadID: try row.optionalInteger(next + 3).map { MessageID($0) })
    }
}

extension SQLReader {
    /// What an account may do in a channel with members of its own.
    ///
    /// - Throws: `CommunityError.unknownChannel` also for channels of other kinds: what has no members cannot be asked about them.
    func membershipStanding(of account: AccountID, in channel: ChannelID, at now: Timestamp) throws -> ChannelStanding {
        let standing = try standing(of: account, in: channel, at: now)
        guard standing.channel.hasMembership else { throw CommunityError.unknownChannel }
        return standing
    }

    /// The membership of an account in a channel of the home space, nil without one.
    func membership(of account: AccountID, in channel: ChannelID) throws -> ChannelMembership? {
        try first(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, cm.account_id, cm.permissions, cm.joined_at, cm.last_read_id
            FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.channel_id = $1 AND cm.account_id = $2 AND c.access IN (1, 2)
            """, [.integer(channel.rawValue), .integer(account.rawValue)]
        ) { try ChannelMembership($0) }
    }

    /// All memberships of an account, by the time of joining.
    func memberships(of account: AccountID) throws -> [ChannelMembership] {
        try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, cm.account_id, cm.permissions, cm.joined_at, cm.last_read_id
            FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND c.access IN (1, 2) ORDER BY cm.joined_at, cm.channel_id
            """, [.integer(account.rawValue)]
        ) { try ChannelMembership($0) }
    }

    /// Members of a channel, by the time of joining: the first ones, or those after another.
    func members(of channel: ChannelID, after last: ChannelMember?, limit: Int) throws -> [ChannelMember] {
        try query(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, cm.permissions, cm.joined_at
            FROM channel_members cm JOIN accounts a ON a.id = cm.account_id
            WHERE cm.channel_id = $1 AND (cm.joined_at, cm.account_id) > ($2, $3) ORDER BY cm.joined_at, cm.account_id LIMIT $4
            """,
            [
                .integer(channel.rawValue), .integer(last?.joinedAt.microseconds ?? .min), .integer(last?.author.id.rawValue ?? 0),
                .integer(Int64(limit)),
            ]
        ) { row in
            ChannelMember(
                author: try Author(row, at: 0), permissions: Permissions(rawValue: try row.integer(4)),
                joinedAt: Timestamp(microseconds: try row.integer(5)))
        }
    }

    func isMember(_ account: AccountID, of channel: ChannelID) throws -> Bool {
        try first(
            "SELECT account_id FROM channel_members WHERE channel_id = $1 AND account_id = $2",
            [.integer(channel.rawValue), .integer(account.rawValue)]
        ) { _ in true } ?? false
    }
}

extension Transaction {
    /// Makes an account a member of a channel of the home space, and with its first one of the home space, and writes the events.
    ///
    /// - Throws: `CommunityError.alreadyMember`, `.limitReached` (1000 joined channels per account).
    @discardableResult
    func addMember(
        _ account: AccountID, to channel: Channel, permissions: Permissions, lastRead: MessageID? = nil
    ) throws -> ChannelMembership {
        try requireRoomForMembership(of: account)
        // The space first: a client hears of the place before it hears of what is in it.
        if let space = channel.spaceID, try !isMember(account, of: space) { try addMember(account, to: space) }
        let added = try execute(
            """
            INSERT INTO channel_members (channel_id, account_id, permissions, joined_at, last_read_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (channel_id, account_id) DO NOTHING
            """,
            [
                .integer(channel.id.rawValue), .integer(account.rawValue), .integer(permissions.rawValue), .integer(now.microseconds),
                .optional(lastRead?.rawValue),
            ])
        guard added == 1 else { throw CommunityError.alreadyMember }
        let membership = ChannelMembership(
            channel: channel, account: account, permissions: permissions, joinedAt: now, lastReadID: lastRead)
        append(.channelMemberAdded(membership))
        return membership
    }

    /// Remembers up to where a member has read; nothing happens for others.
    func markRead(_ message: MessageID, in channel: ChannelID, by account: AccountID) throws {
        try execute(
            "UPDATE channel_members SET last_read_id = $1 WHERE channel_id = $2 AND account_id = $3",
            [.integer(message.rawValue), .integer(channel.rawValue), .integer(account.rawValue)])
    }

    private func requireRoomForMembership(of account: AccountID) throws {
        let count = try first(
            """
            SELECT COUNT(*) FROM channel_members cm JOIN channels c ON c.id = cm.channel_id WHERE cm.account_id = $1 AND c.access IN (1, 2)
            """, [.integer(account.rawValue)]
        ) { Int(try $0.integer(0)) }
        guard count ?? 0 < Limits.joinedChannelsPerAccount else {
            throw CommunityError.limitReached(name: "joined channels per account", limit: Limits.joinedChannelsPerAccount)
        }
    }
}
