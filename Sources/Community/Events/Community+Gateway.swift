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
                sources: try reader.sources(of: account, at: now))
        }
    }

    /// Where the events come from that an account can see: itself, its spaces, its channels with membership or an audience of their own, and its
    /// direct channels.
    public func visibleScopes(for account: AccountID) async throws -> [EventSource] {
        let now = clock()
        return try await read { try $0.sources(of: account, at: now) }
    }

    /// The sources of an account's events and how far the log goes, in one state of the database.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func gatewayView(for account: AccountID) async throws -> GatewayView {
        let now = clock()
        return try await read { reader in
            _ = try reader.account(account)
            let position = try EventLog.position(reader)
            return GatewayView(
                sources: try reader.sources(of: account, at: now), position: position.latest, prunedThrough: position.prunedThrough)
        }
    }

    /// How far the event log goes.
    public func eventPosition() async throws -> (latest: Int64, prunedThrough: Int64) {
        try await read { reader in
            let position = try EventLog.position(reader)
            return (position.latest, position.prunedThrough)
        }
    }

    /// Where in the log a message was made: what a client that knows a message last has missed comes after it.
    public func position(of message: MessageID) async throws -> MessagePosition {
        try await scan { reader in
            guard try EventLog.position(reader).prunedThrough <= message.rawValue else { return .forgotten }
            // Its event was numbered when its group was committed: behind it, and not far.
            let event = try reader.first(
                """
                SELECT id FROM (SELECT id, kind, subject_id FROM events WHERE id > $1 ORDER BY id LIMIT $2) AS following
                WHERE kind = $3 AND subject_id = $1 ORDER BY id LIMIT 1
                """,
                [.integer(message.rawValue), .integer(MessagePosition.reach), .integer(EventKind.messageCreated.rawValue)]
            ) { try $0.integer(0) }
            return event.map { .event($0) } ?? .unknown
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
            let sight = try reader.sightChanges(of: account, after: after)
            for (source, joinedAt) in try reader.joinedSources(of: account, at: now) {
                let start = try reader.beginning(of: source, for: account, joinedAt: joinedAt, after: after)
                let found = try EventLog.events(of: source.scope, source.id, after: start, upTo: upTo, limit: limit, in: reader)
                // A source that has more than a page may have events right after its last one here.
                if found.count == limit, let last = found.last { through = min(through, last.id) }
                events += source.scope == .channel ? found.filter { sight.seen(source.id, at: $0.id, after: start) } : found
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
