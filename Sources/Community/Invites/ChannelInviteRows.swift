internal import Primitives
internal import Storage

/// What decides about an invite: whose it is and whether it is still good.
struct ChannelInviteState {
    var id: ChannelInviteID
    var channelID: ChannelID
    var senderID: AccountID
    var recipientID: AccountID
    var permissions: Permissions
    var status: ChannelInviteStatus
}

extension ChannelInvite {
    /// From the columns of the channel and id, permissions, created_at, and the four columns each of sender and recipient.
    fileprivate init(_ row: Row) throws(DatabaseError) {
        let next = Channel.columnCount
        self.init(
            id: ChannelInviteID(try row.integer(next)), channel: try Channel(row), sender: try Author(row, at: next + 3),
            recipient: try Author(row, at: next + 7), permissions: Permissions(rawValue: try row.integer(next + 1)),
            createdAt: Timestamp(microseconds: try row.integer(next + 2)))
    }
}

extension SQLReader {
    /// The pending invites of a recipient, oldest first.
    func pendingInvites(of recipient: AccountID) throws -> [ChannelInvite] {
        try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, i.id, i.permissions, i.created_at,
                s.id, s.username, s.display_name, s.avatar_url, r.id, r.username, r.display_name, r.avatar_url
            FROM channel_invites i JOIN channels c ON c.id = i.channel_id JOIN accounts s ON s.id = i.sender_id
            JOIN accounts r ON r.id = i.recipient_id
            WHERE i.recipient_id = $1 AND i.status = 0 ORDER BY i.id
            """, [.integer(recipient.rawValue)]
        ) { try ChannelInvite($0) }
    }

    /// The pending invites to a channel, oldest first.
    func pendingInvites(to channel: ChannelID) throws -> [ChannelInvite] {
        try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, i.id, i.permissions, i.created_at,
                s.id, s.username, s.display_name, s.avatar_url, r.id, r.username, r.display_name, r.avatar_url
            FROM channel_invites i JOIN channels c ON c.id = i.channel_id JOIN accounts s ON s.id = i.sender_id
            JOIN accounts r ON r.id = i.recipient_id
            WHERE i.channel_id = $1 AND i.status = 0 ORDER BY i.id
            """, [.integer(channel.rawValue)]
        ) { try ChannelInvite($0) }
    }

    /// One invite, nil when it is not pending.
    func pendingInvite(_ id: ChannelInviteID) throws -> ChannelInvite? {
        try first(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at, i.id, i.permissions, i.created_at,
                s.id, s.username, s.display_name, s.avatar_url, r.id, r.username, r.display_name, r.avatar_url
            FROM channel_invites i JOIN channels c ON c.id = i.channel_id JOIN accounts s ON s.id = i.sender_id
            JOIN accounts r ON r.id = i.recipient_id
            WHERE i.id = $1 AND i.status = 0
            """, [.integer(id.rawValue)]
        ) { try ChannelInvite($0) }
    }

    /// - Throws: `CommunityError.unknownChannelInvite`.
    func inviteState(_ id: ChannelInviteID) throws -> ChannelInviteState {
        let state = try first(
            "SELECT channel_id, sender_id, recipient_id, permissions, status FROM channel_invites WHERE id = $1", [.integer(id.rawValue)]
        ) { row in
            ChannelInviteState(
                id: id, channelID: ChannelID(try row.integer(0)), senderID: AccountID(try row.integer(1)),
                recipientID: AccountID(try row.integer(2)), permissions: Permissions(rawValue: try row.integer(3)),
                // A status that this version does not know is surely not pending.
                status: ChannelInviteStatus(rawValue: try row.integer(4)) ?? .expired)
        }
        guard let state else { throw CommunityError.unknownChannelInvite }
        return state
    }

    /// Whether somebody has a pending invite to a channel.
    func isInvited(_ recipient: AccountID, to channel: ChannelID) throws -> Bool {
        try first(
            "SELECT id FROM channel_invites WHERE channel_id = $1 AND recipient_id = $2 AND status = 0",
            [.integer(channel.rawValue), .integer(recipient.rawValue)]
        ) { _ in true } ?? false
    }

    /// - Throws: `CommunityError.limitReached`.
    func requireRoomForInvite(to channel: ChannelID, of recipient: AccountID) throws {
        let toChannel = try first(
            "SELECT COUNT(*) FROM channel_invites WHERE channel_id = $1 AND status = 0", [.integer(channel.rawValue)]
        ) { Int(try $0.integer(0)) }
        guard toChannel ?? 0 < Limits.pendingInvitesPerChannel else {
            throw CommunityError.limitReached(name: "pending invites per channel", limit: Limits.pendingInvitesPerChannel)
        }
        let received = try first(
            "SELECT COUNT(*) FROM channel_invites WHERE recipient_id = $1 AND status = 0", [.integer(recipient.rawValue)]
        ) { Int(try $0.integer(0)) }
        guard received ?? 0 < Limits.pendingInvitesPerRecipient else {
            throw CommunityError.limitReached(name: "pending invites per recipient", limit: Limits.pendingInvitesPerRecipient)
        }
    }
}

extension Transaction {
    func insert(_ invite: ChannelInvite) throws {
        try execute(
            """
            INSERT INTO channel_invites (id, channel_id, sender_id, recipient_id, permissions, status, created_at)
            VALUES ($1, $2, $3, $4, $5, 0, $6)
            """,
            [
                .integer(invite.id.rawValue), .integer(invite.channel.id.rawValue), .integer(invite.sender.id.rawValue),
                .integer(invite.recipient.id.rawValue), .integer(invite.permissions.rawValue), .integer(invite.createdAt.microseconds),
            ])
    }

    /// Decides about a pending invite; one that is decided stays as it is.
    func settle(_ id: ChannelInviteID, _ status: ChannelInviteStatus) throws {
        try execute(
            "UPDATE channel_invites SET status = $1, decided_at = $2 WHERE id = $3 AND status = 0",
            [.integer(status.rawValue), .integer(now.microseconds), .integer(id.rawValue)])
    }

    /// Ends the pending invites to a channel: all, or those of one recipient or sender.
    func expireInvites(to channel: ChannelID, of recipient: AccountID? = nil, from sender: AccountID? = nil) throws {
        try execute(
            """
            UPDATE channel_invites SET status = $1, decided_at = $2
            WHERE channel_id = $3 AND status = 0 AND (recipient_id = $4 OR $4 = 0) AND (sender_id = $5 OR $5 = 0)
            """,
            [
                .integer(ChannelInviteStatus.expired.rawValue), .integer(now.microseconds), .integer(channel.rawValue),
                .integer(recipient?.rawValue ?? 0), .integer(sender?.rawValue ?? 0),
            ])
    }

    /// Uses an invite up.
    ///
    /// - Returns: what the new member may do.
    /// - Throws: `CommunityError.unknownChannelInvite`, `.invalidChannelInvite`.
    func accept(_ id: ChannelInviteID, to channel: ChannelID, by account: AccountID) throws -> Permissions {
        let invite = try inviteState(id)
        guard invite.channelID == channel, invite.recipientID == account, invite.status == .pending else {
            throw CommunityError.invalidChannelInvite
        }
        try settle(id, .accepted)
        return invite.permissions
    }
}
