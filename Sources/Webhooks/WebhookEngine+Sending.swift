internal import Community
internal import HTTPClient
internal import JSON
internal import Primitives
internal import Security
internal import Storage

extension WebhookEngine {
    /// Takes what is due, as far as there is room for it.
    func takeDue() async throws -> [(DueDelivery, EndpointRecord)] {
        let now = clock()
        let room = Self.overall - progress.withLock { $0.count }
        guard room > 0, try await database.read({ try $0.hasDueDelivery(at: now) }) else { return [] }
        var taken: [(DueDelivery, EndpointRecord)] = []
        let due = try await database.read { try $0.dueDeliveries(at: now, limit: Self.page) }
        var records: [EndpointID: EndpointRecord] = [:]
        for delivery in due where taken.count < room {
            if records[delivery.endpoint] == nil {
                records[delivery.endpoint] = try await database.read { try $0.endpoint(delivery.endpoint) }
            }
            guard let record = records[delivery.endpoint] else { continue }
            guard reserve(record) else { continue }
            let isOurs = try await database.transaction { tx in
                try tx.lease(delivery, until: tx.now.adding(seconds: Self.leaseSeconds))
            }
            if isOurs { taken.append((delivery, record)) } else { release(record) }
        }
        return taken
    }

    /// Makes room for one delivery to an endpoint.
    private func reserve(_ record: EndpointRecord) -> Bool {
        let host = host(of: record)
        return progress.withLock { progress in
            let (ofEndpoint, ofHost) = (progress.byEndpoint[record.endpoint.id] ?? 0, progress.byHost[host] ?? 0)
            guard !progress.isStopped, ofEndpoint < Self.perEndpoint, ofHost < Self.perHost else { return false }
            progress.byEndpoint[record.endpoint.id] = ofEndpoint + 1
            progress.byHost[host] = ofHost + 1
            progress.count += 1
            return true
        }
    }

    private func release(_ record: EndpointRecord) {
        let host = host(of: record)
        progress.withLock { progress in
            progress.byEndpoint[record.endpoint.id] = progress.byEndpoint[record.endpoint.id].flatMap { $0 > 1 ? $0 - 1 : nil }
            progress.byHost[host] = progress.byHost[host].flatMap { $0 > 1 ? $0 - 1 : nil }
            progress.count -= 1
        }
    }

    private func host(of record: EndpointRecord) -> String {
        (try? url(record.endpoint.url))?.authority ?? record.endpoint.url
    }

    /// Sends a delivery and writes down what comes of it.
    func attempt(_ delivery: DueDelivery, _ record: EndpointRecord) async {
        defer { release(record) }
        let start = clock()
        let began = ContinuousClock.now
        let result = await send(delivery, record, at: start)
        let duration = ContinuousClock.now - began
        do {
            // Whoever stops is not the receiver's failure: it is sent again.
            if case .failed("stopped") = result { return try await giveBack(delivery) }
            try await settle(delivery, record, result, at: start, milliseconds: Int(duration / .milliseconds(1)))
        } catch DatabaseError.closed {
            stop()
        } catch {
            report(error)
        }
    }

    private func giveBack(_ delivery: DueDelivery) async throws {
        try await database.transaction { tx in
            _ = try tx.execute("UPDATE webhook_deliveries SET leased_until = NULL WHERE id = $1", [.integer(delivery.id)])
        }
    }

    private func send(_ delivery: DueDelivery, _ record: EndpointRecord, at now: Timestamp) async -> AttemptResult {
        guard let url = try? url(record.endpoint.url) else { return .forbidden }
        let signature = signatures(of: delivery, record, at: now).joined(separator: " ")
        let request = OutboundRequest(
            method: "POST", url: url,
            headers: [
                ("content-type", "application/json"), ("user-agent", settings.userAgent), ("webhook-id", delivery.messageID),
                ("webhook-timestamp", String(now.seconds)), ("webhook-signature", signature),
            ], body: delivery.body)
        switch await sender.send(request) {
        case .success(let response): return .answered(response.status, retryAfter: response.header("retry-after"))
        case .failure(.forbiddenAddress): return .forbidden
        case .failure(let failure): return .failed(failure.word)
        }
    }

    private func signatures(of delivery: DueDelivery, _ record: EndpointRecord, at now: Timestamp) -> [String] {
        var signatures: [String] = []
        if record.endpoint.scheme != .asymmetric {
            for secret in record.secrets(at: now) {
                signatures.append(
                    StandardWebhookSignature.symmetric(
                        id: delivery.messageID, timestamp: now.seconds, body: delivery.body, secret: secret))
            }
        }
        if record.endpoint.scheme != .symmetric {
            signatures.append(
                StandardWebhookSignature.asymmetric(
                    id: delivery.messageID, timestamp: now.seconds, body: delivery.body, key: signingKey()))
        }
        return signatures
    }

    private func settle(
        _ delivery: DueDelivery, _ record: EndpointRecord, _ result: AttemptResult, at start: Timestamp, milliseconds: Int
    ) async throws {
        let (policy, jitter, attempt) = (policy, random(), delivery.attempts + 1)
        let position = try await community.eventPosition().latest
        let disabled: DisabledReason? = try await database.transaction { tx in
            try tx.note(delivery, attempt: attempt, at: start, result, milliseconds: milliseconds)
            guard let present = try tx.endpoint(record.endpoint.id) else { return nil }
            let verdict = policy.verdict(on: result, attempt: attempt, jitter: jitter, now: tx.now)
            switch verdict {
            case .delivered:
                try tx.settle(delivery, attempts: attempt, .delivered, next: tx.now)
                try tx.noteSuccess(of: present.endpoint.id)
                try tx.activate(present.endpoint.id, from: position)
                return nil
            case .disable(let reason):
                try tx.settle(delivery, attempts: attempt, .dropped, next: tx.now)
                try tx.disable(present.endpoint.id, reason)
                return reason
            case .retry(let seconds):
                try tx.settle(delivery, attempts: attempt, .waiting, next: tx.now.adding(seconds: seconds))
            case .exhausted:
                try tx.settle(delivery, attempts: attempt, .exhausted, next: tx.now)
            }
            let pause = policy.pause(after: result, last: present.pauseSeconds, now: tx.now)
            return try tx.noteFailure(of: present, pause: pause)
        }
        if let disabled { try await tellOthers(of: record.endpoint, disabled) }
    }

    /// Other endpoints of the galaxy may want to know (8.4).
    func tellOthers(of endpoint: WebhookEndpoint, _ reason: DisabledReason) async throws {
        guard let space = endpoint.spaceID else { return }
        let galaxyID = try await community.galaxyID(of: space)
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.member("galaxyId", galaxyID)
            json.member("webhookId", String(endpoint.id.rawValue))
            json.member("reason", reason.rawValue)
        }
        let body = Self.body("webhook.disabled", at: clock(), data: json.bytes)
        let messageID = messageID()
        try await database.transaction { tx in
            for other in try tx.endpoints(of: space)
            where other.endpoint.id != endpoint.id && other.endpoint.state == .active
                && EventFilter.matches(other.endpoint.events, "webhook.disabled")
            {
                try tx.queue("webhook.disabled", body, messageID: messageID, for: other.endpoint.id)
            }
        }
    }
}

extension Transaction {
    fileprivate func noteSuccess(of endpoint: EndpointID) throws {
        try execute(
            """
            UPDATE webhook_endpoints SET last_success_at = $1, first_failure_at = NULL, failures = 0, paused_until = NULL, pause_seconds = 0
            WHERE id = $2
            """, [.integer(now.microseconds), .integer(endpoint.rawValue)])
    }

    /// - Returns: why the endpoint is disabled, when it is now.
    fileprivate func noteFailure(of record: EndpointRecord, pause: Int64?) throws -> DisabledReason? {
        let first = record.endpoint.firstFailureAt ?? now
        let failures = record.failures + 1
        try execute(
            """
            UPDATE webhook_endpoints SET first_failure_at = $1, failures = $2, paused_until = $3, pause_seconds = $4 WHERE id = $5
            """,
            [
                .integer(first.microseconds), .integer(Int64(failures)), .optional(pause.map { now.adding(seconds: $0).microseconds }),
                .integer(pause.map { min($0, DeliveryPolicy.longestPause) } ?? 0), .integer(record.endpoint.id.rawValue),
            ])
        guard EndpointHealth.isFailing(firstFailureAt: first, failures: failures, now: now) else { return nil }
        try disable(record.endpoint.id, .failing)
        return .failing
    }
}
