internal import Primitives
internal import Storage

extension Community {
    /// Changes a channel. Needs MANAGE_CHANNELS there. The event `channelUpdated` is committed with it, unless nothing changes.
    ///
    /// Another name of a channel of the home space is noted in it by a message of the kind `channelRename`.
    /// - Throws: `CommunityError.invalid`, `.unknownChannel`, `.missingAccess`, `.missingPermission`, `.notInDirectChannel`,
    ///   `.channelNameTaken` in the home space.
    public func updateChannel(_ id: ChannelID, by account: AccountID, _ changes: ChannelChanges) async throws -> Channel {
        try changes.check()
        return try await write { tx in
            let standing = try tx.managedChannel(id, by: account)
            let channel = changes.applied(to: standing.channel)
            guard channel != standing.channel else { return channel }
            return try tx.update(standing.channel, to: channel, by: account)
        }
    }

    /// Gives a channel of the home space another name. Needs MANAGE_CHANNELS there. The events are those of `updateChannel`.
    ///
    /// - Parameter name: 1 to 100 characters, trimmed.
    /// - Throws: `CommunityError.invalid`, `.unknownChannel` also for channels that have no members of their own, `.missingAccess`,
    ///   `.missingPermission`, `.channelNameTaken` also for its present name.
    public func renameChannel(_ id: ChannelID, by account: AccountID, to name: String) async throws {
        let changes = ChannelChanges(name: name)
        try changes.check()
        try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: id, at: tx.now)
            try standing.require(.manageChannels)
            guard standing.channel.name != changes.name else { throw CommunityError.channelNameTaken }
            try tx.update(standing.channel, to: changes.applied(to: standing.channel), by: account)
        }
    }

    /// Removes a channel; its messages are out of reach at once and removed a few at a time afterwards. Needs MANAGE_CHANNELS there;
    /// a channel of the home space is removed by its owner only.
    ///
    /// The event `channelDeleted` is committed with it, and `channelHidden` for each who saw a channel that not everybody in the space saw.
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.missingPermission`, `.notInDirectChannel`.
    public func deleteChannel(_ id: ChannelID, by account: AccountID) async throws {
        try await write { tx in
            let channel = try tx.managedChannel(id, by: account).channel
            // In the home space the right to rename is given on to members; the channel stays its owner's.
            guard !channel.hasMembership || channel.ownerID == account else { throw CommunityError.missingPermission(.manageChannels) }
            try tx.delete(channel)
            try tx.audit(.channelDeleted, by: account, in: channel.spaceID, subject: id.rawValue, details: channel.name)
        }
    }

    /// Removes messages of channels that are gone, at most `batch` of them, so that nobody waits long.
    ///
    /// - Returns: whether there may be more.
    public func removeDeletedMessages(batch: Int = 1_000) async throws -> Bool {
        try await write { tx in
            let gone = try tx.first("SELECT channel_id FROM deleted_channels ORDER BY channel_id LIMIT 1", []) { try $0.integer(0) }
            guard let gone else { return false }
            let removed = try tx.execute(
                """
                DELETE FROM messages WHERE channel_id = $1 AND id IN (SELECT id FROM messages WHERE channel_id = $1 ORDER BY id LIMIT $2)
                """, [.integer(gone), .integer(Int64(batch))])
            if removed < batch { try tx.execute("DELETE FROM deleted_channels WHERE channel_id = $1", [.integer(gone)]) }
            return true
        }
    }
}

extension Transaction {
    /// A channel that the account may change and delete.
    fileprivate func managedChannel(_ id: ChannelID, by account: AccountID) throws -> ChannelStanding {
        let standing = try standing(of: account, in: id, at: now)
        try standing.require([])
        guard standing.channel.access != .direct else { throw CommunityError.notInDirectChannel }
        try standing.require(.manageChannels)
        return standing
    }

    /// Writes what has changed about a channel, and the events.
    ///
    /// - Parameter account: nobody's number for a metadata server, which changes no channels of the home space.
    @discardableResult
    func update(_ present: Channel, to changed: Channel, by account: AccountID, details: String? = nil) throws -> Channel {
        var channel = changed
        let isRenamed = channel.name != present.name
        if isRenamed, channel.hasMembership { try requireFreeName(channel.name ?? "", in: channel.spaceID) }
        try execute(
            "UPDATE channels SET name = $1, name_key = $2, topic = $3, position = $4 WHERE id = $5",
            [
                .optional(channel.name), .optional(channel.nameKey), .optional(channel.topic), .integer(Int64(channel.position)),
                .integer(channel.id.rawValue),
            ])
        try audit(.channelUpdated, by: account, in: channel.spaceID, subject: channel.id.rawValue, details: details)
        guard isRenamed, channel.hasMembership else {
            append(.channelUpdated(channel))
            return channel
        }
        let author = Author(try self.account(account))
        let note = try insertNote(.channelRename, content: channel.name ?? "", by: author, in: &channel)
        append(.channelUpdated(channel))
        append(.messageCreated(note, in: channel))
        return channel
    }

    /// Removes a channel with all that belongs to it but its messages, which are marked, and writes the events.
    func delete(_ channel: Channel) throws {
        try tellEnd(of: [channel])
        try deleteRows(of: channel)
    }

    /// The same without the events.
    func deleteRows(of channel: Channel) throws {
        let id = [SQLValue.integer(channel.id.rawValue)]
        try execute("DELETE FROM channels WHERE id = $1", id)
        try execute("DELETE FROM channel_members WHERE channel_id = $1", id)
        try execute("DELETE FROM channel_overrides WHERE channel_id = $1", id)
        try expireInvites(to: channel.id)
        try removeWebhooks(of: channel.id)
        try execute(
            "INSERT INTO deleted_channels (channel_id, deleted_at) VALUES ($1, $2)", id + [.integer(now.microseconds)])
    }

    /// Writes the events of the end of channels of one space.
    func tellEnd(of channels: [Channel]) throws {
        var population: SpacePopulation?
        for channel in channels {
            let externalID = try first("SELECT external_id FROM channels WHERE id = $1", [.integer(channel.id.rawValue)]) {
                try $0.optionalText(0)
            }.flatMap { $0 }
            // Nobody listens to what is no conversation.
            if channel.source.scope == .channel, channel.kind.isConversation {
                if channel.access == .open, population == nil { population = try channel.spaceID.map { try self.population(of: $0) } }
                for viewer in try viewers(of: channel, among: population) {
                    append(.channelHidden(channel, from: viewer, .deleted, externalID: externalID))
                }
            }
            append(.channelDeleted(channel, externalID: externalID))
        }
    }
}
