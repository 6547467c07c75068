internal import Primitives
internal import Storage

extension Community {
    /// The channels of a space that an account sees, by position and then id. In the home space these are the channels it is a member of.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess` for those who are no members of the space.
    public func channels(of space: SpaceID, for account: AccountID) async throws -> [Channel] {
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: space, at: now)
            try standing.requireMember()
            return try reader.channels(visibleTo: standing, at: now)
        }
    }

    /// Makes a text channel. The event `channelCreated` is committed with it.
    ///
    /// In the home space any member may: the channel has public membership, its maker owns it and is its first member (DESIGN section 7). In other
    /// spaces MANAGE_CHANNELS is needed, and every member sees the channel.
    ///
    /// - Parameters:
    ///   - name: 1 to 100 characters, trimmed.
    ///   - topic: at most 1024 characters.
    ///   - position: from 0; nil: behind the others.
    /// - Throws: `CommunityError.invalid`, `.unknownSpace`, `.missingAccess`, `.missingPermission`, `.limitReached` (500 channels per space; in
    ///   the home space as `createHomeChannel`), `.channelNameTaken` in the home space.
    public func createChannel(
        in space: SpaceID, by account: AccountID, name: String, topic: String? = nil, position: Int? = nil
    ) async throws -> Channel {
        let draft = try ChannelDraft(name: name, topic: topic, position: position)
        return try await write { tx in
            let standing = try tx.standing(of: account, in: space, at: tx.now)
            try standing.require(standing.space.isHome ? [] : .manageChannels)
            guard !standing.space.isHome else {
                return try tx.insertHomeChannel(draft, in: space, access: .publicMembership, owner: account).channel
            }
            try tx.requireRoomForChannel(in: space, limit: Limits.channelsPerSpace, "channels per space")
            let channel = try tx.insertChannel(draft, in: space, access: .open)
            tx.append(.channelCreated(channel))
            return channel
        }
    }

    /// A channel, with its participants when it is a direct one.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess` for those who do not see it.
    public func channel(_ id: ChannelID, for account: AccountID) async throws -> Channel {
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: id, at: now)
            try standing.require(.viewChannel)
            return try reader.withRecipients(standing.channel)
        }
    }
}

extension SQLReader {
    /// The channel with its participants, when it is a direct one.
    func withRecipients(_ channel: Channel) throws -> Channel {
        guard channel.kind == .direct else { return channel }
        var channel = channel
        channel.recipients = try recipients(of: channel.id)
        return channel
    }
}
