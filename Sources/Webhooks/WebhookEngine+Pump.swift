public import Community
internal import JSON
internal import Primitives
internal import Security
internal import Storage

/// Something may have happened that an endpoint was not told of: the event log did not reach back to its place any more.
public struct WebhookGap: Error, Sendable, Equatable {
    /// Which endpoint.
    public var endpoint: EndpointID
}

extension WebhookEngine {
    /// The type of what tells an endpoint that it is one.
    static let pingType = "webhook.ping"
    /// Bytes of a body; a larger one is sent with ids only.
    static let bodyLimit = 20_480

    /// Events that are asked where they have happened; after more of them all endpoints are asked.
    private static let placesLimit = 1_000
    /// How often endpoints are asked that nothing happened to, so that their positions stay within what the log keeps.
    private static let sweepInterval = Duration.seconds(60)

    /// Turns what has happened into deliveries: for each endpoint that it may concern, from where that one is.
    func pump() async throws {
        let (isForAll, position) = progress.withLock { progress in
            let now = ContinuousClock.now
            let isForAll = progress.isDueForAll || progress.nextSweep <= now
            progress.isDue = false
            if isForAll { (progress.isDueForAll, progress.nextSweep) = (false, now + Self.sweepInterval) }
            return (isForAll, progress.position)
        }
        do {
            let places = try await community.eventPlaces(after: position, limit: Self.placesLimit)
            guard isForAll || places.isEverywhere || !places.spaces.isEmpty else {
                return progress.withLock { $0.position = places.through }
            }
            let listening = try await database.read { try $0.listeningEndpoints() }
            progress.withLock { $0.hasListeners = !listening.isEmpty }
            try await pump(isForAll || places.isEverywhere ? listening : listening.filter { Self.concerns($0.endpoint, places) })
            progress.withLock { $0.position = places.through }
        } catch {
            if isForAll { progress.withLock { $0.isDueForAll = true } }
            throw error
        }
    }

    private static func concerns(_ endpoint: WebhookEndpoint, _ places: EventPlaces) -> Bool {
        // The operator's endpoints hear of all galaxies.
        endpoint.spaceID.map(places.spaces.contains) ?? true
    }

    /// The same for endpoints as they were a moment ago.
    func pump(_ records: [EndpointRecord]) async throws {
        var silent: [Step] = []
        for record in records {
            var (position, written) = (record.position, record.position)
            var unwritten: Step?
            // A page at a time, so that others may write in between.
            while var step = try await step(of: record.endpoint, after: position) {
                step.after = written
                if step.hasNothingToWrite {
                    unwritten = step
                } else {
                    unwritten = nil
                    guard try await take(step) else { break }
                    written = step.through
                }
                if step.isLast { break }
                position = step.through
            }
            if let unwritten { silent.append(unwritten) }
        }
        try await pass(silent)
    }

    /// What one page of the log means for an endpoint.
    private struct Step {
        var endpoint: WebhookEndpoint
        var after: Int64
        var through: Int64
        /// Whether there is nothing behind it.
        var isLast: Bool
        var deliveries: [(type: String, body: [UInt8], messageID: String)]
        /// Whether its creator may have webhooks.
        var mayGoOn: Bool

        var hasNothingToWrite: Bool { deliveries.isEmpty && (mayGoOn || !isLast) }
    }

    /// - Returns: nil when there is nothing more.
    private func step(of endpoint: WebhookEndpoint, after position: Int64) async throws -> Step? {
        let events =
            if let space = endpoint.spaceID {
                try await community.spaceEvents(of: space, for: endpoint.createdBy, after: position, limit: Self.page)
            } else {
                try await community.galaxyEvents(after: position, limit: Self.page)
            }
        guard events.through > position else { return nil }
        if events.isCut { report(WebhookGap(endpoint: endpoint.id)) }
        let deliveries = events.events.filter { isWanted($0, by: endpoint, mayGoOn: events.mayManageWebhooks) }.map { event in
            (type: event.content.type, body: body(of: event), messageID: messageID())
        }
        return Step(
            endpoint: endpoint, after: position, through: events.through, isLast: events.isLast, deliveries: deliveries,
            mayGoOn: events.mayManageWebhooks)
    }

    /// Writes the deliveries of a page and moves the endpoint on.
    ///
    /// - Returns: whether the endpoint is told of what comes after.
    private func take(_ step: Step) async throws -> Bool {
        let endpoint = step.endpoint
        let (isOurs, goesOn) = try await database.transaction { tx in
            // Another process may have been here, or somebody has disabled it.
            guard try tx.move(endpoint.id, from: step.after, to: step.through) else { return (false, false) }
            for (type, body, messageID) in step.deliveries { try tx.queue(type, body, messageID: messageID, for: endpoint.id) }
            if !step.mayGoOn {
                guard step.isLast else { return (true, true) }
                try tx.retire(endpoint.id)
                try self.tell(of: endpoint, .creatorLostPermission, in: tx)
                return (true, false)
            }
            guard try tx.waitingCount(of: endpoint.id) > EndpointHealth.backlogLimit else { return (true, true) }
            try tx.disable(endpoint.id, .backlog)
            try self.tell(of: endpoint, .backlog, in: tx)
            return (true, false)
        }
        // Whoever was here may end before the last page.
        if !isOurs { wakeForChange() }
        return goesOn
    }

    /// Moves endpoints on that have nothing to hear, all in one transaction.
    private func pass(_ steps: [Step]) async throws {
        guard !steps.isEmpty else { return }
        try await database.transaction { tx in
            for step in steps { _ = try tx.move(step.endpoint.id, from: step.after, to: step.through) }
        }
    }

    private func isWanted(_ event: SpaceEvent, by endpoint: WebhookEndpoint, mayGoOn: Bool) -> Bool {
        // Who may have no webhooks any more hears of the end of the galaxy only.
        guard mayGoOn || event.content.isEnd, EventFilter.matches(endpoint.events, event.content.type) else { return false }
        guard let channels = endpoint.channels, let channel = event.channelID else { return true }
        return channels.contains(channel)
    }

    func messageID() -> String {
        MessageIdentifier.make(at: clock(), random: SecureRandom.bytes(10))
    }

    /// The bytes that are signed and sent: the same for all attempts.
    private func body(of event: SpaceEvent) -> [UInt8] {
        let (type, rendered) = (event.content.type, render(event))
        let whole = Self.body(type, at: event.createdAt, data: rendered.data)
        return whole.count <= Self.bodyLimit ? whole : Self.body(type, at: event.createdAt, data: rendered.thinData)
    }

    static func body(_ type: String, at time: Timestamp, data: [UInt8]) -> [UInt8] {
        var json = JSONWriter(capacity: data.count + 128)
        json.object { json in
            json.member("type", type)
            json.member("timestamp", time.rfc3339Milliseconds)
            json.member("data", raw: data)
        }
        return json.bytes
    }
}

extension SpaceEvent.Content {
    fileprivate var isEnd: Bool {
        if case .galaxyDeleted = self { return true }
        return false
    }
}

extension Transaction {
    /// Moves an endpoint on in the log.
    ///
    /// - Returns: whether it was there and is told of events.
    fileprivate func move(_ endpoint: EndpointID, from position: Int64, to end: Int64) throws -> Bool {
        try execute(
            "UPDATE webhook_endpoints SET position = $1 WHERE id = $2 AND position = $3 AND state = 1",
            [.integer(end), .integer(endpoint.rawValue), .integer(position)]) == 1
    }

    /// Tells an endpoint of nothing any more whose creator may have none; that its galaxy is gone it still hears.
    fileprivate func retire(_ endpoint: EndpointID) throws {
        let id = SQLValue.integer(endpoint.rawValue)
        try execute(
            "UPDATE webhook_deliveries SET state = 3 WHERE endpoint_id = $1 AND state = 0 AND type <> 'galaxy.deleted'", [id])
        try execute(
            "UPDATE webhook_endpoints SET state = 2, disabled_reason = $1 WHERE id = $2",
            [.text(DisabledReason.creatorLostPermission.rawValue), id])
    }
}
