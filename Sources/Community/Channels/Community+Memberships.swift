internal import Primitives
internal import Storage

/// Channels of the home space: each has its own members with their own permissions (DESIGN section 7, contracts/dawchat.md).
extension Community {
    /// The channels that an account has joined, by the time of joining.
    public func memberships(of account: AccountID) async throws -> [ChannelMembership] {
        try await scan { try $0.memberships(of: account) }
    }

    /// A channel as the account has it.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess` for those who are no members.
    public func membership(of account: AccountID, in channel: ChannelID) async throws -> ChannelMembership {
        let now = clock()
        return try await read { reader in
            if let membership = try reader.membership(of: account, in: channel) { return membership }
            _ = try reader.membershipStanding(of: account, in: channel, at: now)
            throw CommunityError.missingAccess
        }
    }

    /// A page of the members of a channel, by the time of joining.
    ///
    /// - Parameters:
    ///   - last: the last member of the page before; nil: from the first one.
    ///   - limit: 1 to 1000; more is treated as 1000.
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess` for those who are no members.
    public func members(
        of channel: ChannelID, for account: AccountID, after last: ChannelMember? = nil, limit: Int = Limits.memberPage.upperBound
    ) async throws -> [ChannelMember] {
        let now = clock()
        return try await scan { reader in
            try reader.membershipStanding(of: account, in: channel, at: now).require(.viewChannel)
            return try reader.members(of: channel, after: last, limit: min(limit, Limits.memberPage.upperBound))
        }
    }

    /// Makes a channel in the home space; its maker owns it and is its first member, and a member of the home space.
    ///
    /// A message of the kind `channelCreate` is its first one. The events `channelMemberAdded`, `channelCreated` and `messageCreated` are committed
    /// with it.
    /// - Parameters:
    ///   - name: 1 to 100 characters, trimmed.
    ///   - isPublic: whether anyone may find and join it.
    /// - Throws: `CommunityError.invalid`, `.channelNameTaken`, `.limitReached` (10 000 channels, 200 owned by the account, 1000 joined by it).
    public func createHomeChannel(by account: AccountID, name: String, isPublic: Bool) async throws -> ChannelMembership {
        let draft = try ChannelDraft(name: name)
        return try await write { tx in
            guard let home = try tx.homeSpace() else { throw CommunityError.unknownSpace }
            return try tx.insertHomeChannel(draft, in: home, access: isPublic ? .publicMembership : .privateMembership, owner: account)
        }
    }

    /// Joins a channel of the home space. With the first one the account becomes a member of the home space. The events `channelMemberAdded` and
    /// `memberAdded` are committed with it.
    ///
    /// - Parameter invite: used up by joining, and says what the member may do. Without one a public channel gives read, write and invite
    ///   (contracts/dawchat.md 1.4), and a pending invite expires.
    /// - Throws: `CommunityError.unknownChannel`, `.alreadyMember`, `.unknownChannelInvite`, `.invalidChannelInvite`, `.missingAccess` for a private
    ///   channel without an invite, `.limitReached` (1000 joined channels per account).
    @discardableResult
    public func joinChannel(
        _ id: ChannelID, by account: AccountID, invite: ChannelInviteID? = nil
    ) async throws -> ChannelMembership {
        try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: id, at: tx.now)
            guard standing.author != nil else { throw CommunityError.unknownAccount }
            guard !standing.isMember else { throw CommunityError.alreadyMember }
            guard let invite else {
                guard standing.channel.access == .publicMembership else { throw CommunityError.missingAccess }
                try tx.expireInvites(to: id, of: account)
                return try tx.addMember(account, to: standing.channel, permissions: .joinedChannel)
            }
            let permissions = try tx.accept(invite, to: id, by: account)
            return try tx.addMember(account, to: standing.channel, permissions: permissions)
        }
    }

    /// Remembers up to which message a member has read, also when it has read further before.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.unknownMember`, `.unknownMessage` for what is neither a message of the channel nor its latest.
    public func markRead(_ message: MessageID, in channel: ChannelID, by account: AccountID) async throws {
        try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: channel, at: tx.now)
            guard standing.isMember else { throw CommunityError.unknownMember }
            // The latest one may have been deleted since the reader has heard of it.
            let isKnown = try message == standing.channel.lastMessageID || tx.message(message, in: standing.channel) != nil
            guard isKnown else { throw CommunityError.unknownMessage }
            try tx.markRead(message, in: channel, by: account)
        }
    }

    /// Channels that anybody may join whose name contains a text, ignoring case: best matches first, at most 100.
    public func searchChannels(_ keyword: String) async throws -> [Channel] {
        guard keyword.isStorable, keyword.hasScalars(Limits.searchKeyword) else { return [] }
        return try await scan { try $0.findableChannels(containing: keyword, limit: Limits.searchResults) }
    }
}

extension Transaction {
    /// Writes a channel of the home space with its first member and its first message, and the events.
    func insertHomeChannel(
        _ draft: ChannelDraft, in home: SpaceID, access: ChannelAccess, owner: AccountID
    ) throws -> ChannelMembership {
        let author = Author(try account(owner))
        try requireFreeName(draft.name, in: home)
        try requireRoomForOwnedChannel(of: owner)
        try requireRoomForChannel(in: home, limit: Limits.homeChannels, "channels in the home space")
        var channel = try insertChannel(draft, in: home, access: access, owner: owner)
        let note = try insertNote(.channelCreate, content: "", by: author, in: &channel)
        // The owner listens to the channel from its first event on.
        let membership = try addMember(owner, to: channel, permissions: .ownedChannel, lastRead: note.id)
        append(.channelCreated(channel))
        append(.messageCreated(note, in: channel))
        return membership
    }

    /// - Throws: `CommunityError.limitReached`.
    func requireRoomForChannel(in space: SpaceID, limit: Int, _ name: String) throws {
        let count = try first("SELECT COUNT(*) FROM channels WHERE space_id = $1", [.integer(space.rawValue)]) { Int(try $0.integer(0)) }
        guard count ?? 0 < limit else { throw CommunityError.limitReached(name: name, limit: limit) }
    }

    private func requireRoomForOwnedChannel(of account: AccountID) throws {
        let count = try first(
            "SELECT COUNT(*) FROM channels WHERE owner_id = $1 AND access IN (1, 2)", [.integer(account.rawValue)]
        ) { Int(try $0.integer(0)) }
        guard count ?? 0 < Limits.ownedChannelsPerAccount else {
            throw CommunityError.limitReached(name: "owned channels per account", limit: Limits.ownedChannelsPerAccount)
        }
    }
}
