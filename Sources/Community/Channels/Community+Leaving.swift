internal import Storage

extension Community {
    /// Leaves a channel of the home space. With its last member the channel ends: its name is free, its pending invites expire.
    ///
    /// The events `channelHidden` and `channelMemberRemoved` are committed with it, and `channelDeleted` with the last member.
    /// - Parameter newOwner: a member who owns the channel from now on; only looked at when the owner leaves, who has to name one unless alone.
    /// - Throws: `CommunityError.unknownChannel`, `.unknownMember` for somebody who is none, or a new owner who is none, `.newOwnerNeeded`.
    public func leaveChannel(_ id: ChannelID, by account: AccountID, newOwner: AccountID? = nil) async throws {
        try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: id, at: tx.now)
            guard standing.isMember else { throw CommunityError.unknownMember }
            guard standing.channel.ownerID == account else { return try tx.leave(standing.channel, account, .left) }
            if let newOwner {
                guard newOwner != account else { throw CommunityError.newOwnerNeeded }
                guard try tx.isMember(newOwner, of: id) else { throw CommunityError.unknownMember }
            } else if try tx.heir(of: standing.channel, besides: account) != nil {
                throw CommunityError.newOwnerNeeded
            }
            try tx.leave(standing.channel, account, .left, newOwner: newOwner)
        }
    }

    /// Removes members from a channel of the home space: all of them or none. Needs KICK_MEMBERS there. The events are those of leaving.
    ///
    /// - Parameters:
    ///   - ids: who; repeated ones count once.
    ///   - channel: nil: the only channel in which the caller may remove members and all of `ids` are members (contracts/dawchat.md 3.11).
    /// - Throws: `CommunityError.unknownChannel`, `.ambiguousChannel`, `.cannotRemoveOneself`, `.missingAccess`, `.missingPermission`, `.unknownMember`,
    ///   `.cannotRemoveOwner`.
    public func removeMembers(_ ids: [AccountID], from channel: ChannelID?, by account: AccountID) async throws {
        let ids = Set(ids).sorted()
        // Looked for beside the writer: it may take long, and all is checked again.
        guard let id = try await named(channel, fitting: ids, managedBy: account) else { return }
        try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: id, at: tx.now)
            guard !ids.contains(account) else { throw CommunityError.cannotRemoveOneself }
            try standing.require(.kickMembers)
            guard try ids.allSatisfy({ try tx.isMember($0, of: id) }) else { throw CommunityError.unknownMember }
            guard !ids.contains(where: { $0 == standing.channel.ownerID }) else { throw CommunityError.cannotRemoveOwner }
            for removed in ids {
                try tx.audit(
                    .channelMemberRemoved, by: account, in: standing.channel.spaceID, subject: removed.rawValue,
                    details: String(id.rawValue))
                try tx.leave(standing.channel, removed, .removed)
            }
        }
    }

    private func named(_ channel: ChannelID?, fitting ids: [AccountID], managedBy account: AccountID) async throws -> ChannelID? {
        if let channel { return channel }
        return try await scan { try $0.channel(fitting: ids, managedBy: account) }
    }
}

extension Transaction {
    /// Ends the membership in a channel of the home space. A channel that loses its owner goes to another member, and ends without one: its owner
    /// is always among its members.
    ///
    /// - Parameters:
    ///   - loss: why, for the one who goes.
    ///   - newOwner: who gets the channel when the owner leaves; nil: the member of longest standing.
    func leave(_ channel: Channel, _ account: AccountID, _ loss: ChannelLoss, newOwner: AccountID? = nil) throws {
        try execute(
            "DELETE FROM channel_members WHERE channel_id = $1 AND account_id = $2",
            [.integer(channel.id.rawValue), .integer(account.rawValue)])
        // The one who goes hears of it, also later; the others of the channel hear of the one who has gone.
        append(.channelHidden(channel, from: account, loss))
        append(.channelMemberRemoved(account, from: channel))
        // Whom somebody has invited who was sent away would be a way back.
        if loss == .removed || loss == .removedFromSpace { try expireInvites(to: channel.id, from: account) }
        guard channel.ownerID == account else { return }
        guard let heir = try newOwner ?? heir(of: channel, besides: account) else { return try delete(channel) }
        try execute(
            "UPDATE channels SET owner_id = $1 WHERE id = $2", [.integer(heir.rawValue), .integer(channel.id.rawValue)])
        try execute(
            "UPDATE channel_members SET permissions = $1 WHERE channel_id = $2 AND account_id = $3",
            [.integer(Permissions.ownedChannel.rawValue), .integer(channel.id.rawValue), .integer(heir.rawValue)])
    }

    /// The member of longest standing besides somebody, nil without another.
    fileprivate func heir(of channel: Channel, besides account: AccountID) throws -> AccountID? {
        try first(
            "SELECT account_id FROM channel_members WHERE channel_id = $1 AND account_id <> $2 ORDER BY joined_at, account_id LIMIT 1",
            [.integer(channel.id.rawValue), .integer(account.rawValue)]
        ) { AccountID(try $0.integer(0)) }
    }
}

extension SQLReader {
    /// The only channel in which the caller may remove members and all of the accounts are members; nil when there is nobody to remove.
    fileprivate func channel(fitting ids: [AccountID], managedBy account: AccountID) throws -> ChannelID? {
        guard !ids.isEmpty else { return nil }
        var fitting = Set(try channels(joinedBy: account, with: .kickMembers))
        for id in ids where !fitting.isEmpty { fitting.formIntersection(try channels(joinedBy: id)) }
        if let only = fitting.first {
            guard fitting.count == 1 else { throw CommunityError.ambiguousChannel }
            return only
        }
        guard try ids.allSatisfy({ try exists($0) }) else { throw CommunityError.unknownChannel }
        guard !ids.contains(account) else { throw CommunityError.cannotRemoveOneself }
        throw CommunityError.unknownMember
    }

    private func channels(joinedBy account: AccountID, with permissions: Permissions = .viewChannel) throws -> [ChannelID] {
        try query(
            """
            SELECT cm.channel_id FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND (cm.permissions & $2) <> 0 AND c.access IN (1, 2)
            """, [.integer(account.rawValue), .integer(permissions.rawValue)]
        ) { ChannelID(try $0.integer(0)) }
    }

    private func exists(_ account: AccountID) throws -> Bool {
        try first("SELECT id FROM accounts WHERE id = $1", [.integer(account.rawValue)]) { _ in true } ?? false
    }
}
