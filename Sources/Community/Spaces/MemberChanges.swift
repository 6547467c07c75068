internal import Storage

extension SQLReader {
    /// - Throws: `CommunityError.unknownAccount`.
    func account(_ name: MemberName) throws -> AccountID {
        switch name {
        case .account(let id): return try account(id).id
        case .username(let username):
            guard let account = try credentials(.username(username))?.account.id else { throw CommunityError.unknownAccount }
            return account
        }
    }
}

extension Transaction {
    /// Writes another role and nickname.
    func update(_ member: Member, from present: Member, by account: AccountID) throws {
        let (space, id) = (member.spaceID, member.account.id)
        if member.role != present.role {
            try followingVisibility(of: [id], in: space) { try setRole(of: member) }
            try audit(.roleChanged, by: account, in: space, subject: id.rawValue, details: member.role.rawValue)
        }
        guard member.nickname != present.nickname else { return }
        try execute(
            "UPDATE members SET nickname = $1 WHERE space_id = $2 AND account_id = $3",
            [.optional(member.nickname), .integer(space.rawValue), .integer(id.rawValue)])
        if id != account { try audit(.nicknameChanged, by: account, in: space, subject: id.rawValue) }
    }

    /// Gives or takes the built-in role with ADMINISTRATOR.
    func setRole(of member: Member) throws {
        let key: [SQLValue] = [
            .integer(member.spaceID.rawValue), .integer(member.account.id.rawValue), .integer(BuiltInRole.administrators.rawValue),
        ]
        if member.role == .admin {
            try execute(
                """
                INSERT INTO member_roles (space_id, account_id, role_id) SELECT $1, $2, id FROM roles WHERE space_id = $1 AND kind = $3
                ON CONFLICT (space_id, account_id, role_id) DO NOTHING
                """, key)
        } else {
            try execute(
                """
                DELETE FROM member_roles WHERE space_id = $1 AND account_id = $2
                    AND role_id IN (SELECT id FROM roles WHERE space_id = $1 AND kind = $3)
                """, key)
        }
    }

    /// Ends a membership and writes the events: first for the one who goes, then for those who remain.
    func remove(_ member: Member, from space: Space, reason: MemberRemovalReason) throws {
        if space.isHome {
            for channel in try channels(of: space.id, joinedBy: member.account.id) { try leave(channel, member.account.id) }
        }
        let key: [SQLValue] = [.integer(space.id.rawValue), .integer(member.account.id.rawValue)]
        try execute("DELETE FROM member_roles WHERE space_id = $1 AND account_id = $2", key)
        try execute("DELETE FROM members WHERE space_id = $1 AND account_id = $2", key)
        try execute("UPDATE spaces SET member_count = member_count - 1 WHERE id = $1", [.integer(space.id.rawValue)])
        let removal = SpaceRemoval(
            spaceID: space.id, account: member.account, reason: reason, memberCount: space.memberCount - 1,
            closedChannels: try channelsWithOwnAudience(of: space.id))
        append(.removedFromSpace(removal))
        append(.memberRemoved(removal))
    }

    /// The channels of the home space that an account is a member of: the whole list would cost a statement for each of them.
    private func channels(of space: SpaceID, joinedBy account: AccountID) throws -> [Channel] {
        try query(
            """
            SELECT c.id, c.space_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.own_audience, c.created_at
            FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND c.space_id = $2 ORDER BY c.position, c.id
            """, [.integer(account.rawValue), .integer(space.rawValue)]
        ) { try Channel($0) }
    }

    /// Ends the membership in a channel of the home space. A channel that loses its owner goes to the member of longest standing,
    /// and one that loses its last member ends.
    private func leave(_ channel: Channel, _ account: AccountID) throws {
        try execute(
            "DELETE FROM channel_members WHERE channel_id = $1 AND account_id = $2",
            [.integer(channel.id.rawValue), .integer(account.rawValue)])
        append(.channelMemberRemoved(account, from: channel))
        let heir = try first(
            "SELECT account_id FROM channel_members WHERE channel_id = $1 ORDER BY joined_at, account_id LIMIT 1",
            [.integer(channel.id.rawValue)]
        ) { try $0.integer(0) }
        guard let heir else { return try delete(channel) }
        let inherited = try execute(
            "UPDATE channels SET owner_id = $1 WHERE id = $2 AND owner_id = $3",
            [.integer(heir), .integer(channel.id.rawValue), .integer(account.rawValue)])
        guard inherited == 1 else { return }
        try execute(
            "UPDATE channel_members SET permissions = $1 WHERE channel_id = $2 AND account_id = $3",
            [.integer(Permissions.ownedChannel.rawValue), .integer(channel.id.rawValue), .integer(heir)])
    }
}
