internal import Storage

/// Text channels of instances: private channels of the home space whose members are those who are inside. They belong to nobody, so that nobody
/// renames, gives away or ends them, and those who are inside invite no others.
extension Community {
    /// Whether new instances get a channel.
    public var hasInstanceChannels: Bool { settings.hasInstanceChannels }

    /// Makes somebody a member of the channel of an instance, or no member any more. The events are those of joining and leaving a channel.
    ///
    /// Nothing happens without a channel, and for what is so already.
    /// - Throws: `CommunityError.limitReached` (1000 joined channels per account).
    public func setMember(_ account: AccountID, ofChannelOf instance: InstanceID, isInside: Bool) async throws {
        try await write { tx in
            guard let channel = try tx.channel(ofInstance: instance) else { return }
            guard try tx.isMember(account, of: channel.id) != isInside else { return }
            if isInside {
                try tx.addMember(account, to: channel, permissions: [.reading, .writing])
            } else {
                try tx.leaveInstanceChannel(channel, account)
            }
        }
    }

    /// Takes everybody out of the channels of instances: at a start nobody is inside.
    public func emptyInstanceChannels() async throws {
        try await write { tx in
            let members = try tx.query(
                """
                SELECT i.instance_id, m.account_id FROM instance_channels i JOIN channel_members m ON m.channel_id = i.channel_id
                ORDER BY i.instance_id, m.account_id
                """
            ) { (InstanceID(try $0.integer(0)), AccountID(try $0.integer(1))) }
            for (instance, account) in members {
                if let channel = try tx.channel(ofInstance: instance) { try tx.leaveInstanceChannel(channel, account) }
            }
        }
    }
}

extension Transaction {
    /// The channel of an instance; nil when it has none, or it is gone.
    fileprivate func channel(ofInstance instance: InstanceID) throws -> Channel? {
        let id = try first("SELECT channel_id FROM instance_channels WHERE instance_id = $1", [.integer(instance.rawValue)]) {
            ChannelID(try $0.integer(0))
        }
        guard let id else { return nil }
        do {
            return try standing(of: AccountID(0), in: id, at: now).channel
        } catch CommunityError.unknownChannel {
            return nil
        }
    }

    /// Takes somebody out of the channel of an instance. People of other servers are in the home space for its channels only.
    fileprivate func leaveInstanceChannel(_ channel: Channel, _ account: AccountID) throws {
        try leave(channel, account, .left)
        guard let home = channel.spaceID, try registryUser(account).external != nil else { return }
        let isInAnother = try first(
            """
            SELECT m.channel_id FROM channel_members m JOIN channels c ON c.id = m.channel_id
            WHERE m.account_id = $1 AND c.space_id = $2 LIMIT 1
            """, [.integer(account.rawValue), .integer(home.rawValue)]
        ) { _ in true }
        if isInAnother == nil, let member = try member(account, of: home) { try remove(member, from: try space(home), reason: .left) }
    }

    /// Makes the channel of a new instance, named after it.
    ///
    /// - Throws: `CommunityError.limitReached` (10 000 channels in the home space).
    func insertChannel(of instance: Instance) throws {
        guard let home = try homeSpace() else { return }
        try requireRoomForChannel(in: home, limit: Limits.homeChannels, "channels in the home space")
        let taken = try first(
            "SELECT id FROM channels WHERE space_id = $1 AND name = $2", [.integer(home.rawValue), .text(instance.name)]
        ) { _ in true }
        let name = taken == nil ? instance.name : "\(instance.name)-\(instance.id.rawValue)"
        var channel = try insertChannel(try ChannelDraft(name: name), in: home, access: .privateMembership)
        let note = try insertNote(.channelCreate, content: "", by: Author(try account(instance.ownerID)), in: &channel)
        try execute(
            "INSERT INTO instance_channels (instance_id, channel_id) VALUES ($1, $2)",
            [.integer(instance.id.rawValue), .integer(channel.id.rawValue)])
        append(.channelCreated(channel))
        append(.messageCreated(note, in: channel))
    }

    /// Removes the channel of an instance that is removed.
    func removeChannel(of instance: InstanceID) throws {
        if let channel = try channel(ofInstance: instance) { try delete(channel) }
        try execute("DELETE FROM instance_channels WHERE instance_id = $1", [.integer(instance.rawValue)])
    }
}
