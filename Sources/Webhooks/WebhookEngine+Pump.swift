internal import Community
internal import JSON
internal import Primitives
internal import Security
internal import Storage

extension WebhookEngine {
    /// Bytes of a body; a larger one is sent with ids only.
    static let bodyLimit = 20_480

    /// Turns what has happened into deliveries, for each endpoint from where it is.
    func pump() async throws {
        let isDue = progress.withLock { progress in
            defer { progress.isDue = false }
            return progress.isDue
        }
        let latest = try await community.eventPosition().latest
        guard isDue || latest != progress.withLock({ $0.position }) else { return }
        let listening = try await database.read { try $0.listeningEndpoints() }
        progress.withLock { $0.hasListeners = !listening.isEmpty }
        for record in listening {
            var position = record.position
            // A page at a time, so that others may write in between.
            while let next = try await pump(record, after: position), next > position { position = next }
        }
        progress.withLock { $0.position = latest }
    }

    /// - Returns: the place from which to go on; nil when there is nothing more, or the endpoint is told of nothing any more.
    private func pump(_ record: EndpointRecord, after position: Int64) async throws -> Int64? {
        let endpoint = record.endpoint
        let events =
            if let space = endpoint.spaceID {
                try await community.spaceEvents(of: space, for: endpoint.createdBy, after: position, limit: Self.page)
            } else {
                try await community.galaxyEvents(after: position, limit: Self.page)
            }
        guard events.through > position else { return nil }
        let deliveries = events.events.filter { isWanted($0, by: endpoint, isMember: events.mayManageWebhooks) }.map { event in
            let rendered = render(event)
            return (rendered.type, body(of: rendered, at: event.createdAt), messageID())
        }.filter { EventFilter.matches(endpoint.events, $0.0) }
        let mayGoOn = events.mayManageWebhooks
        let through = events.through
        return try await database.transaction { tx in
            // Another process may have been here.
            let moved = try tx.execute(
                "UPDATE webhook_endpoints SET position = $1 WHERE id = $2 AND position = $3",
                [.integer(through), .integer(endpoint.id.rawValue), .integer(position)])
            guard moved == 1 else { return nil }
            for (type, body, messageID) in deliveries { try tx.queue(type, body, messageID: messageID, for: endpoint.id) }
            if !mayGoOn {
                try tx.retire(endpoint, keepingDeliveries: !deliveries.isEmpty)
                return nil
            }
            if try tx.waitingCount(of: endpoint.id) > EndpointHealth.backlogLimit {
                try tx.disable(endpoint.id, .backlog)
                return nil
            }
            return through
        }
    }

    private func isWanted(_ event: SpaceEvent, by endpoint: WebhookEndpoint, isMember: Bool) -> Bool {
        // Who may have no webhooks any more hears of the end of the galaxy only.
        guard isMember || event.content.isEnd else { return false }
        guard let channels = endpoint.channels, let channel = event.channelID else { return true }
        return channels.contains(channel)
    }

    func messageID() -> String {
        MessageIdentifier.make(at: clock(), random: SecureRandom.bytes(10))
    }

    /// The bytes that are signed and sent: the same for all attempts.
    private func body(of event: RenderedEvent, at time: Timestamp) -> [UInt8] {
        let whole = Self.body(event.type, at: time, data: event.data)
        return whole.count <= Self.bodyLimit ? whole : Self.body(event.type, at: time, data: event.thinData)
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

    /// What tells an endpoint that it is one.
    func ping(_ endpoint: EndpointID, galaxyID: String) -> (body: [UInt8], messageID: String) {
        var json = JSONWriter(capacity: 96)
        json.object { json in
            json.member("galaxyId", galaxyID)
            json.member("webhookId", String(endpoint.rawValue))
        }
        return (Self.body("webhook.ping", at: clock(), data: json.bytes), messageID())
    }
}

extension SpaceEvent.Content {
    fileprivate var isEnd: Bool {
        if case .galaxyDeleted = self { return true }
        return false
    }
}

extension Transaction {
    /// Tells an endpoint of nothing any more whose creator may have none; of its galaxy's end it still hears.
    fileprivate func retire(_ endpoint: WebhookEndpoint, keepingDeliveries: Bool) throws {
        guard keepingDeliveries else { return try disable(endpoint.id, .creatorLostPermission) }
        try execute(
            "UPDATE webhook_endpoints SET state = 2, disabled_reason = $1 WHERE id = $2",
            [.text(DisabledReason.creatorLostPermission.rawValue), .integer(endpoint.id.rawValue)])
    }
}
