internal import Primitives
internal import Storage

extension SQLReader {
    /// Where the events come from that an account can see.
    func sources(of account: AccountID, at now: Timestamp) throws -> [EventSource] {
        try joinedSources(of: account, at: now).map(\.source)
    }

    /// The same, with when the account came to each.
    func joinedSources(of account: AccountID, at now: Timestamp) throws -> [(source: EventSource, joinedAt: Timestamp)] {
        let own = (EventSource.account(account), Timestamp(microseconds: 0))
        return try [own] + joinedSpaces(of: account) + joinedChannels(of: account) + openChannels(seenBy: account, at: now)
    }

    private func joinedSpaces(of account: AccountID) throws -> [(EventSource, Timestamp)] {
        try query(
            "SELECT space_id, joined_at FROM members WHERE account_id = $1 ORDER BY joined_at, space_id", [.integer(account.rawValue)]
        ) { (EventSource(scope: .space, id: try $0.integer(0)), Timestamp(microseconds: try $0.integer(1))) }
    }

    /// The channels that the account is a member of itself, as far as it sees them, and its direct channels.
    private func joinedChannels(of account: AccountID) throws -> [(EventSource, Timestamp)] {
        try query(
            """
            SELECT cm.channel_id, cm.joined_at, c.access FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id = $1 AND (cm.permissions & $2) <> 0 ORDER BY cm.joined_at, cm.channel_id
            """, [.integer(account.rawValue), .integer(Permissions.viewChannel.rawValue)]
        ) { row in
            let isDirect = try row.integer(2) == ChannelAccess.direct.rawValue
            return (
                EventSource(scope: isDirect ? .direct : .channel, id: try row.integer(0)), Timestamp(microseconds: try row.integer(1))
            )
        }
    }

    /// The open channels with an audience of their own that the account sees.
    private func openChannels(seenBy account: AccountID, at now: Timestamp) throws -> [(EventSource, Timestamp)] {
        let found = try query(
            """
            SELECT c.id, m.joined_at FROM members m JOIN channels c ON c.space_id = m.space_id AND c.own_audience = 1 AND c.kind = 0
            WHERE m.account_id = $1 ORDER BY c.id
            """, [.integer(account.rawValue)]
        ) { (ChannelID(try $0.integer(0)), Timestamp(microseconds: try $0.integer(1))) }
        return try found.compactMap { id, joinedAt in
            let standing = try standing(of: account, in: id, at: now)
            return standing.permissions.contains(.viewChannel) ? (standing.channel.source, joinedAt) : nil
        }
    }

    /// The position in the log after which an account hears of a source: `after`, or right before it came to the source.
    func beginning(of source: EventSource, for account: AccountID, joinedAt: Timestamp, after: Int64) throws -> Int64 {
        let earliest = IDGenerator.smallestID(at: joinedAt)
        guard earliest > after else { return after }
        // Others may have done something in the same moment, so the time alone is not enough.
        let own = try first(
            """
            SELECT id FROM events WHERE scope = $1 AND scope_id = $2 AND id >= $3
                AND (subject_id = $4 AND kind IN ($5, $6) OR kind = $7 AND scope <> $8)
            ORDER BY id LIMIT 1
            """,
            [
                .integer(source.scope.rawValue), .integer(source.id), .integer(earliest), .integer(account.rawValue),
                .integer(EventKind.memberAdded.rawValue), .integer(EventKind.channelMemberAdded.rawValue),
                // The members that a channel begins with have no event of their own.
                .integer(EventKind.channelCreated.rawValue), .integer(EventScope.space.rawValue),
            ]
        ) { try $0.integer(0) }
        return (own ?? earliest) - 1
    }
}
