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
            let loss = reason == .left ? ChannelLoss.leftSpace : .removedFromSpace
            for channel in try channels(of: space.id, joinedBy: member.account.id) { try leave(channel, member.account.id, loss) }
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
}
