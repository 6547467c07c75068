internal import Primitives
internal import Storage

extension Community {
    /// Invites somebody to a channel of the home space. Needs CREATE_INVITE there, and all that is given on. The event `channelInvited` is committed
    /// with it.
    ///
    /// - Parameters:
    ///   - username: as it is written: case matters.
    ///   - permissions: out of `Permissions.ownedChannel`; reading is always among them.
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.missingPermission`, `.unknownAccount`, `.alreadyMember`, `.alreadyInvited`,
    ///   `.limitReached` (1000 pending invites per channel and per recipient).
    public func inviteToChannel(
        _ id: ChannelID, by account: AccountID, username: String, permissions: Permissions
    ) async throws -> ChannelInvite {
        let permissions = permissions.union(.reading)
        return try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: id, at: tx.now)
            try standing.require(permissions.union(.createInvite))
            guard let recipient = try tx.credentials(.exactUsername(username))?.account else { throw CommunityError.unknownAccount }
            guard try !tx.isMember(recipient.id, of: id) else { throw CommunityError.alreadyMember }
            guard try !tx.isInvited(recipient.id, to: id) else { throw CommunityError.alreadyInvited }
            try tx.requireRoomForInvite(to: id, of: recipient.id)
            guard let sender = standing.author else { throw CommunityError.unknownAccount }
            let invite = ChannelInvite(
                id: ChannelInviteID(tx.nextID()), channel: standing.channel, sender: sender, recipient: Author(recipient),
                permissions: permissions, createdAt: tx.now)
            try tx.insert(invite)
            tx.append(.channelInvited(invite))
            return invite
        }
    }

    /// The pending invites that an account has received, oldest first.
    public func channelInvites(of account: AccountID) async throws -> [ChannelInvite] {
        try await scan { try $0.pendingInvites(of: account) }
    }

    /// The pending invites to a channel, oldest first, for its members.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`.
    public func channelInvites(to channel: ChannelID, for account: AccountID) async throws -> [ChannelInvite] {
        let now = clock()
        return try await scan { reader in
            try reader.membershipStanding(of: account, in: channel, at: now).require(.viewChannel)
            return try reader.pendingInvites(to: channel)
        }
    }

    /// Refuses received invites and takes back others: all of them or none. Those that are decided already stay as they are.
    ///
    /// Their sender may take them back, and members with KICK_MEMBERS in the channel.
    /// - Throws: `CommunityError.unknownChannelInvite`, `.notOwnInvite`.
    public func removeChannelInvites(_ ids: [ChannelInviteID], by account: AccountID) async throws {
        let ids = Set(ids).sorted()
        guard !ids.isEmpty else { return }
        try await write { tx in
            let invites = try ids.map { try tx.inviteState($0) }.filter { $0.status == .pending }
            var managed: Set<ChannelID> = []
            let decisions = try invites.map { invite in
                if invite.recipientID == account { return ChannelInviteStatus.denied }
                if invite.senderID != account, !managed.contains(invite.channelID) {
                    let standing = try tx.membershipStanding(of: account, in: invite.channelID, at: tx.now)
                    guard standing.permissions.contains(.kickMembers) else { throw CommunityError.notOwnInvite }
                    managed.insert(invite.channelID)
                }
                return .revoked
            }
            for (invite, decision) in zip(invites, decisions) { try tx.settle(invite.id, decision) }
        }
    }
}
