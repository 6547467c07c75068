internal import Primitives
internal import Storage

extension Community {
    /// The direct channels of an account, those with the latest activity first; at most the first thousand.
    public func directChannels(of account: AccountID) async throws -> [Channel] {
        try await scan { try $0.directChannels(of: account) }
    }

    /// The direct channel between two accounts: two people have one. A new one is told with the event `channelCreated`.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.cannotMessageOneself`, `.limitReached` (1000 direct channels that the account has
    ///   opened itself: those that others have opened with it take nothing of its room).
    public func openDirectChannel(by account: AccountID, with recipient: AccountID) async throws -> (Channel, isNew: Bool) {
        try await write { tx in
            guard recipient != account else { throw CommunityError.cannotMessageOneself }
            let recipients = [try tx.account(account), try tx.account(recipient)].sorted { $0.id < $1.id }
            let key = recipients.map { String($0.id.rawValue) }.joined(separator: ":")
            if var known = try tx.directChannel(key: key) {
                known.recipients = recipients
                return (known, isNew: false)
            }
            try tx.requireRoomForDirectChannel(of: account)
            let channel = Channel(
                id: ChannelID(tx.nextID()), spaceID: nil, ownerID: account, name: nil, kind: .direct, access: .direct, createdAt: tx.now,
                recipients: recipients)
            try tx.insertDirectChannel(channel, key: key, opener: account)
            tx.append(.channelCreated(channel))
            return (channel, isNew: true)
        }
    }
}

extension Transaction {
    fileprivate func directChannel(key: String) throws -> Channel? {
        try first(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at FROM channels c WHERE c.direct_key = $1
            """, [.text(key)]
        ) { try Channel($0) }
    }

    /// - Throws: `CommunityError.limitReached`.
    fileprivate func requireRoomForDirectChannel(of account: AccountID) throws {
        let count = try first(
            """
            SELECT COUNT(*) FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND c.access = 3 AND c.owner_id = $1
            """, [.integer(account.rawValue)]
        ) { Int(try $0.integer(0)) }
        guard count ?? 0 < Limits.directChannelsPerAccount else {
            throw CommunityError.limitReached(name: "direct channels per account", limit: Limits.directChannelsPerAccount)
        }
    }

    /// Who has opened the channel stands where other channels have their owner; it gives no right there.
    fileprivate func insertDirectChannel(_ channel: Channel, key: String, opener: AccountID) throws {
        try execute(
            """
            INSERT INTO channels (
                id, owner_id, kind, access, position, default_permissions, inherits_default, override_count, direct_key, created_at)
            VALUES ($1, $2, $3, $4, 0, 0, 1, 0, $5, $6)
            """,
            [
                .integer(channel.id.rawValue), .integer(opener.rawValue), .integer(channel.kind.rawValue),
                .integer(channel.access.rawValue), .text(key), .integer(now.microseconds),
            ])
        for recipient in channel.recipients {
            try execute(
                "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at) VALUES ($1, $2, $3, $4)",
                [
                    .integer(channel.id.rawValue), .integer(recipient.id.rawValue), .integer(Permissions.directChannel.rawValue),
                    .integer(now.microseconds),
                ])
        }
    }
}
