internal import Primitives
public import Storage

extension Community {
    /// Everything an account sees, in one state of the database.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func snapshot(for account: AccountID) async throws -> Snapshot {
        let now = clock()
        return try await scan { reader in
            Snapshot(
                account: try reader.account(account),
                spaces: try reader.spaces(of: account).map { space in
                    (space, try reader.channels(visibleTo: try reader.standing(of: account, in: space.id, at: now), at: now))
                },
                directChannels: try reader.directChannels(of: account), position: try EventLog.position(reader).latest,
                sources: try reader.sources(of: account))
        }
    }

    /// Where the events come from that an account can see: itself, its spaces, its channels with membership and its direct channels.
    public func visibleScopes(for account: AccountID) async throws -> [EventSource] {
        try await read { try $0.sources(of: account) }
    }

    /// The sources of an account's events and how far the log goes, in one state of the database.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func gatewayView(for account: AccountID) async throws -> GatewayView {
        try await read { reader in
            _ = try reader.account(account)
            let position = try EventLog.position(reader)
            return GatewayView(
                sources: try reader.sources(of: account), position: position.latest, prunedThrough: position.prunedThrough)
        }
    }

    /// How far the event log goes.
    public func eventPosition() async throws -> (latest: Int64, prunedThrough: Int64) {
        try await read { reader in
            let position = try EventLog.position(reader)
            return (position.latest, position.prunedThrough)
        }
    }

    /// What happened after an event, as far as the account may see it now. Objects are shown as they are now, those that are gone are skipped.
    ///
    /// - Parameters:
    ///   - after: the id of the last event that is known.
    ///   - upTo: the id of the last event that is wanted.
    ///   - limit: events that are looked at, at most.
    /// - Returns: nil when the log does not reach back to `after` any more.
    public func missedEvents(for account: AccountID, after: Int64, upTo: Int64, limit: Int) async throws -> MissedEvents? {
        let now = clock()
        return try await scan { reader in
            guard try EventLog.position(reader).prunedThrough <= after else { return nil }
            var events: [Event] = []
            var through = upTo
            for (source, joinedAt) in try reader.joinedSources(of: account) {
                let start = try reader.beginning(of: source, for: account, joinedAt: joinedAt, after: after)
                let found = try EventLog.events(of: source.scope, source.id, after: start, upTo: upTo, limit: limit, in: reader)
                // A source that has more than a page may have events right after its last one here.
                if found.count == limit, let last = found.last { through = min(through, last.id) }
                events += found
            }
            events = events.filter { $0.id <= through }.sorted { $0.id < $1.id }
            if events.count > limit {
                events.removeLast(events.count - limit)
                through = events.last?.id ?? through
            }
            var renderer = EventRenderer(viewer: account, now: now)
            return MissedEvents(events: try events.compactMap { try renderer.render($0, from: reader) }, through: through)
        }
    }
}

extension Community {
    /// Gives events that another process has committed their objects as they are now, for the hub: nothing is left out but what is gone.
    public func filled(_ events: [Event], from reader: any SQLReader) throws -> [Event] {
        var renderer = EventRenderer(viewer: nil, now: clock())
        return try events.compactMap { try renderer.render($0, from: reader) }
    }
}

extension SQLReader {
    /// Where the events come from that an account can see.
    fileprivate func sources(of account: AccountID) throws -> [EventSource] {
        try joinedSources(of: account).map(\.source)
    }

    /// The same, with when the account came to each.
    fileprivate func joinedSources(of account: AccountID) throws -> [(source: EventSource, joinedAt: Timestamp)] {
        let id = [SQLValue.integer(account.rawValue)]
        let spaces = try query("SELECT space_id, joined_at FROM members WHERE account_id = $1 ORDER BY joined_at, space_id", id) {
            (EventSource(scope: .space, id: try $0.integer(0)), Timestamp(microseconds: try $0.integer(1)))
        }
        let channels = try query(
            "SELECT channel_id, joined_at FROM channel_members WHERE account_id = $1 ORDER BY joined_at, channel_id", id
        ) {
            (EventSource(scope: .channel, id: try $0.integer(0)), Timestamp(microseconds: try $0.integer(1)))
        }
        return [(EventSource(scope: .account, id: account.rawValue), Timestamp(microseconds: 0))] + spaces + channels
    }

    /// The position in the log after which an account hears of a source: `after`, or right before it came to the source.
    fileprivate func beginning(of source: EventSource, for account: AccountID, joinedAt: Timestamp, after: Int64) throws -> Int64 {
        let earliest = IDGenerator.smallestID(at: joinedAt)
        guard earliest > after else { return after }
        // Others may have done something in the same moment, so the time alone is not enough.
        let own = try first(
            """
            SELECT id FROM events WHERE scope = $1 AND scope_id = $2 AND id >= $3
                AND (subject_id = $4 AND kind IN ($5, $6) OR kind = $7 AND scope = $8)
            ORDER BY id LIMIT 1
            """,
            [
                .integer(source.scope.rawValue), .integer(source.id), .integer(earliest), .integer(account.rawValue),
                .integer(EventKind.memberAdded.rawValue), .integer(EventKind.channelMemberAdded.rawValue),
                // The members that a channel begins with have no event of their own.
                .integer(EventKind.channelCreated.rawValue), .integer(EventScope.channel.rawValue),
            ]
        ) { try $0.integer(0) }
        return (own ?? earliest) - 1
    }
}
