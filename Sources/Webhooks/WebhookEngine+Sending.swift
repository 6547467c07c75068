internal import Community
internal import HTTPClient
internal import Primitives
internal import Security
internal import Storage

extension WebhookEngine {
    /// Takes what is due, as far as there is room for it: a few of each endpoint, so that none waits behind another one's many.
    func takeDue() async throws -> [(DueDelivery, EndpointRecord)] {
        let now = clock()
        guard progress.withLock({ $0.count < Self.overall }), try await database.read({ try $0.hasDueDelivery(at: now) }) else { return [] }
        var taken: [(DueDelivery, EndpointRecord)] = []
        for id in try await database.read({ try $0.endpointsWithDueDeliveries(at: now) }) {
            let (record, due) = try await database.read { reader in
                let record = try reader.endpoint(id)
                return (record, try record.map { try reader.dueDeliveries(to: $0, at: now, limit: Self.perEndpoint) } ?? [])
            }
            guard let record else { continue }
            for delivery in due {
                guard reserve(record) else { break }
                if await lease(delivery) { taken.append((delivery, record)) } else { release(record) }
            }
        }
        return taken
    }

    /// Takes a delivery for this process. What cannot be written down is not sent.
    private func lease(_ delivery: DueDelivery) async -> Bool {
        do {
            return try await database.transaction { tx in try tx.lease(delivery, until: tx.now.adding(seconds: Self.leaseSeconds)) }
        } catch {
            report(error)
            return false
        }
    }

    /// Makes room for one delivery to an endpoint.
    private func reserve(_ record: EndpointRecord) -> Bool {
        let host = host(of: record)
        return progress.withLock { progress in
            let (ofEndpoint, ofHost) = (progress.byEndpoint[record.endpoint.id] ?? 0, progress.byHost[host] ?? 0)
            // The operator's own endpoints are nobody's.
            let ofCreator = record.endpoint.spaceID == nil ? 0 : progress.byCreator[record.endpoint.createdBy] ?? 0
            guard !progress.isStopped, progress.count < Self.overall, ofEndpoint < Self.perEndpoint, ofHost < Self.perHost,
                ofCreator < Self.perCreator
            else { return false }
            progress.byCreator[record.endpoint.createdBy] = ofCreator + 1
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
            let creator = record.endpoint.createdBy
            progress.byCreator[creator] = progress.byCreator[creator].flatMap { $0 > 1 ? $0 - 1 : nil }
            progress.count -= 1
        }
    }

    private func host(of record: EndpointRecord) -> String {
        (try? url(record.endpoint.url))?.authority ?? record.endpoint.url
    }

    /// Sends a delivery and writes down what comes of it.
    ///
    /// - Returns: whether it was sent and that is written down: only then another one may come at once.
    @discardableResult
    func attempt(_ delivery: DueDelivery, _ record: EndpointRecord) async -> Bool {
        defer { release(record) }
        let start = clock()
        let began = ContinuousClock.now
        let result = await send(delivery, record, at: start)
        let duration = ContinuousClock.now - began
        do {
            // Nothing was sent, which is not the receiver's failure.
            guard let result else {
                try await giveBack(delivery)
                return false
            }
            try await settle(delivery, record, result, at: start, milliseconds: Int(duration / .milliseconds(1)))
            return true
        } catch DatabaseError.closed {
            stop()
        } catch {
            report(error)
        }
        return false
    }

    private func giveBack(_ delivery: DueDelivery) async throws {
        try await database.transaction { tx in
            _ = try tx.execute("UPDATE webhook_deliveries SET leased_until = NULL WHERE id = $1", [.integer(delivery.id)])
        }
    }

    /// - Returns: nil when this server could not send.
    private func send(_ delivery: DueDelivery, _ record: EndpointRecord, at now: Timestamp) async -> AttemptResult? {
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
        case .failure(.stopped), .failure(.busy): return nil
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

    /// An attempt that is over.
    private struct EndedAttempt {
        var delivery: DueDelivery
        /// As it was when the attempt began.
        var endpoint: WebhookEndpoint
        var result: AttemptResult
        var startedAt: Timestamp
        var milliseconds: Int
        /// From 1.
        var number: Int { delivery.attempts + 1 }
        var isSuccess: Bool { if case .answered(200...299, _) = result { true } else { false } }
    }

    private func settle(
        _ delivery: DueDelivery, _ record: EndpointRecord, _ result: AttemptResult, at start: Timestamp, milliseconds: Int
    ) async throws {
        let ended = EndedAttempt(
            delivery: delivery, endpoint: record.endpoint, result: result, startedAt: start, milliseconds: milliseconds)
        let jitter = random()
        // What disables an endpoint is told in the same breath.
        try await database.transaction { tx in
            if let reason = try self.settle(ended, jitter: jitter, in: tx) { try self.tell(of: record.endpoint, reason, in: tx) }
        }
        // Whoever has answered a ping listens from now on.
        if record.endpoint.state == .pending { progress.withLock { $0.isDueForAll = true } }
    }

    /// - Returns: why the endpoint is disabled, when it is now.
    private func settle(_ ended: EndedAttempt, jitter: Double, in tx: Transaction) throws -> DisabledReason? {
        let (delivery, result, attempt) = (ended.delivery, ended.result, ended.number)
        try tx.note(delivery, attempt: attempt, at: ended.startedAt, result, milliseconds: ended.milliseconds)
        guard let present = try tx.endpoint(ended.endpoint.id) else { return nil }
        // What another URL has answered says nothing about the one of now.
        guard present.endpoint.url == ended.endpoint.url else {
            try tx.settle(
                delivery, attempts: ended.isSuccess ? attempt : delivery.attempts, ended.isSuccess ? .delivered : .waiting, next: tx.now)
            return nil
        }
        let verdict = policy.verdict(on: result, attempt: attempt, jitter: jitter, now: tx.now)
        switch verdict {
        case .delivered:
            try tx.settle(delivery, attempts: attempt, .delivered, next: tx.now)
            try tx.noteSuccess(of: present)
            try tx.activate(present.endpoint.id, from: try EventLog.position(tx).latest)
            return nil
        case .disable(let reason):
            try tx.settle(delivery, attempts: attempt, .dropped, next: tx.now)
            guard present.endpoint.state != .disabled else { return nil }
            try tx.disable(present.endpoint.id, reason)
            return reason
        case .retry(let seconds):
            try tx.settle(delivery, attempts: attempt, .waiting, next: tx.now.adding(seconds: seconds))
        case .exhausted:
            try tx.settle(delivery, attempts: attempt, .exhausted, next: tx.now)
        }
        return try tx.noteFailure(of: present, result, policy)
    }
}

extension Transaction {
    /// A pause goes on: the receiver has asked for it after this delivery had been sent.
    fileprivate func noteSuccess(of record: EndpointRecord) throws {
        let pausedUntil = record.pausedUntil.flatMap { now < $0 ? $0 : nil }
        try execute(
            """
            UPDATE webhook_endpoints SET last_success_at = $1, first_failure_at = NULL, failures = 0, paused_until = $2, pause_seconds = $3
            WHERE id = $4
            """,
            [
                .integer(now.microseconds), .optional(pausedUntil?.microseconds), .integer(pausedUntil == nil ? 0 : record.pauseSeconds),
                .integer(record.endpoint.id.rawValue),
            ])
    }

    /// - Returns: why the endpoint is disabled, when it is now.
    fileprivate func noteFailure(of record: EndpointRecord, _ result: AttemptResult, _ policy: DeliveryPolicy) throws -> DisabledReason? {
        let first = record.endpoint.firstFailureAt ?? now
        let failures = record.failures + 1
        let pause = policy.pause(
            after: result, current: EndpointPause(until: record.pausedUntil, seconds: record.pauseSeconds), now: now)
        try execute(
            """
            UPDATE webhook_endpoints SET first_failure_at = $1, failures = $2, paused_until = $3, pause_seconds = $4 WHERE id = $5
            """,
            [
                .integer(first.microseconds), .integer(Int64(failures)), .optional(pause.until?.microseconds), .integer(pause.seconds),
                .integer(record.endpoint.id.rawValue),
            ])
        guard record.endpoint.state != .disabled, EndpointHealth.isFailing(firstFailureAt: first, failures: failures, now: now) else {
            return nil
        }
        try disable(record.endpoint.id, .failing)
        return .failing
    }
}
