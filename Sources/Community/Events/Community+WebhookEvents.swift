internal import Primitives
public import Storage

/// What outgoing webhooks are told (contracts/cosmos.md 8.1, "Visibility").
extension Community {
    /// The space of a galaxy in which somebody may have webhooks.
    ///
    /// - Parameter isReading: whether it is only looked at: also one that is suspended may be.
    /// - Throws: `CommunityError.unknownSpace`, `.missingPermission`, `.spaceSuspended`.
    public func spaceForWebhooks(of galaxyID: String, by account: AccountID, isReading: Bool = false) async throws -> SpaceID {
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: try reader.spaceID(galaxy: galaxyID), at: now)
            guard standing.subject.isMember else { throw CommunityError.missingPermission([]) }
            try standing.require(.manageWebhooks, isReading: isReading)
            return standing.space.id
        }
    }

    /// Where something has happened after an event: who listens elsewhere need not look.
    ///
    /// - Parameter limit: events that are looked at, at most; after more of them it is everywhere.
    public func eventPlaces(after: Int64, limit: Int) async throws -> EventPlaces {
        try await read { reader in
            let latest = try EventLog.position(reader).latest
            var places = EventPlaces(through: latest)
            guard latest > after else { return places }
            let found = try EventLog.events(after: after, upTo: latest, limit: limit, in: reader)
            places.isEverywhere = found.count == limit
            guard !places.isEverywhere else { return places }
            // What of a space is told to single accounts stands beside an event of the space or of its channel.
            for event in found {
                if let space = try reader.space(of: event) { places.spaces.insert(space) }
            }
            return places
        }
    }

    /// What happened in a space after an event, as far as somebody may see it now.
    ///
    /// - Parameters:
    ///   - after: the id of the last event that is known.
    ///   - limit: events that are looked at, at most.
    public func spaceEvents(of space: SpaceID, for viewer: AccountID, after: Int64, limit: Int) async throws -> SpaceEvents {
        let now = clock()
        return try await scan { reader in
            let position = try EventLog.position(reader)
            let start = max(after, position.prunedThrough)
            var (events, through) = try reader.events(
                in: space, and: viewer, after: start, upTo: position.latest, limit: limit)
            let standing = try? reader.standing(of: viewer, in: space, at: now)
            // Who is nobody there hears only that there is no there any more.
            if standing?.subject.isMember != true { events = events.filter { $0.kind == EventKind.spaceDeleted.rawValue } }
            var renderer = SpaceEventRenderer(
                space: space, galaxyID: try reader.galaxyID(of: space), viewer: viewer, events: events, now: now)
            return SpaceEvents(
                events: try events.compactMap { try renderer.render($0, from: reader) }, through: through,
                mayManageWebhooks: standing?.subject.isMember == true && standing?.permissions.contains(.manageWebhooks) == true,
                isLast: through == position.latest, isCut: after < position.prunedThrough)
        }
    }

    /// Writes into the audit log that a webhook of a space is disabled by what its receiver did, or its creator has lost.
    public static func noteDisabledWebhook(_ id: Int64, of space: SpaceID, reason: String, in transaction: Transaction) throws {
        try transaction.audit(.webhookDisabled, by: AccountID(0), in: space, subject: id, details: reason)
    }

    /// The id that Cosmos knows a space by.
    public static func galaxyID(of space: SpaceID, in transaction: Transaction) throws -> String {
        try transaction.galaxyID(of: space)
    }

    /// Which of some spaces are gone for good: nothing of them is left.
    public func spacesThatAreGone(among spaces: [SpaceID]) async throws -> [SpaceID] {
        try await read { reader in
            try spaces.filter { space in
                try reader.first("SELECT 1 FROM spaces WHERE id = $1", [.integer(space.rawValue)]) { try $0.integer(0) } == nil
            }
        }
    }

    /// What happened in all galaxies of metadata servers after an event, whoever may see it.
    ///
    /// - Parameter limit: events that are looked at, at most.
    public func galaxyEvents(after: Int64, limit: Int) async throws -> SpaceEvents {
        let now = clock()
        return try await scan { reader in
            let position = try EventLog.position(reader)
            let start = max(after, position.prunedThrough)
            let found = try EventLog.events(after: start, upTo: position.latest, limit: limit, in: reader)
            var renderers: [SpaceID: SpaceEventRenderer?] = [:]
            let events = try found.compactMap { event -> SpaceEvent? in
                guard let space = try reader.space(of: event) else { return nil }
                if renderers[space] == nil {
                    renderers[space] =
                        try reader.isGalaxy(space)
                        ? SpaceEventRenderer(space: space, galaxyID: try reader.galaxyID(of: space), viewer: nil, events: found, now: now)
                        : .some(nil)
                }
                guard var renderer = renderers[space] ?? nil else { return nil }
                defer { renderers[space] = renderer }
                return try renderer.render(event, from: reader)
            }
            let through = found.count == limit ? found.last?.id ?? position.latest : position.latest
            return SpaceEvents(
                events: events, through: through, mayManageWebhooks: true, isLast: through == position.latest,
                isCut: after < position.prunedThrough)
        }
    }
}

extension SQLReader {
    /// What happened in a space and to somebody, and up to where that is all of it.
    ///
    /// Mostly little has happened anywhere: then one look at the log is enough, however many channels there are.
    fileprivate func events(
        in space: SpaceID, and viewer: AccountID, after start: Int64, upTo latest: Int64, limit: Int
    ) throws -> (events: [Event], through: Int64) {
        let recent = try EventLog.events(after: start, upTo: latest, limit: limit, in: self)
        // That a channel is gone which not everybody saw is told to the accounts that did.
        let sources = [.space(space), EventSource.account(viewer)]
        if recent.count < limit {
            let places = Set(recent.filter { $0.scope == .channel }.map(\.scopeID))
            let own = try places.filter { try hasOwnEvents(ChannelID($0), of: space) }
            let events = recent.filter { event in
                event.scope == .channel
                    ? own.contains(event.scopeID) : sources.contains { $0.scope == event.scope && $0.id == event.scopeID }
            }
            return (events, latest)
        }
        var (events, through): ([Event], Int64) = ([], latest)
        for source in sources + (try channelsWithOwnEvents(of: space)) {
            let found = try EventLog.events(of: source.scope, source.id, after: start, upTo: through, limit: limit, in: self)
            if found.count == limit, let last = found.last { through = min(through, last.id) }
            events += found
        }
        return (events.filter { $0.id <= through }.sorted { $0.id < $1.id }, through)
    }

    private func hasOwnEvents(_ channel: ChannelID, of space: SpaceID) throws -> Bool {
        try first(
            "SELECT 1 FROM channels WHERE id = $1 AND space_id = $2 AND (own_audience = 1 OR access <> 0)",
            [.integer(channel.rawValue), .integer(space.rawValue)]
        ) { try $0.integer(0) } != nil
    }

    /// The channels of a space whose events have a place of their own.
    fileprivate func channelsWithOwnEvents(of space: SpaceID) throws -> [EventSource] {
        try query(
            "SELECT id FROM channels WHERE space_id = $1 AND (own_audience = 1 OR access <> 0) ORDER BY id", [.integer(space.rawValue)]
        ) { EventSource(scope: .channel, id: try $0.integer(0)) }
    }

    /// The space that an event belongs to; nil for events of accounts, direct channels, profiles and the registry.
    fileprivate func space(of event: Event) throws -> SpaceID? {
        switch event.scope {
        case .space: return SpaceID(event.scopeID)
        case .channel:
            return try first("SELECT space_id FROM channels WHERE id = $1", [.integer(event.scopeID)]) { try $0.optionalInteger(0) }
                .flatMap { $0 }.map { SpaceID($0) }
                // The event of its end is all that is left of it.
                ?? ChannelRecord.channel(ChannelID(event.subjectID), from: event.data)?.spaceID
        case .account, .direct, .profile, .registry: return nil
        }
    }

    fileprivate func isGalaxy(_ space: SpaceID) throws -> Bool {
        try first("SELECT 1 FROM spaces WHERE id = $1 AND external_id IS NOT NULL", [.integer(space.rawValue)]) { try $0.integer(0) } != nil
    }
}
