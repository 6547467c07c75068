public import Community
public import Primitives
internal import Storage

/// What was sent, and sending it again (contracts/cosmos.md 8.1).
extension WebhookEngine {
    /// How long bodies are kept, in seconds: a week.
    static let bodySeconds: Int64 = 7 * 86_400
    /// How long attempts are kept, in seconds: thirty days.
    static let attemptSeconds: Int64 = 30 * 86_400
    /// How far back failed deliveries can be taken up again, in seconds.
    static let recoverSeconds: Int64 = 14 * 86_400

    /// The attempts of an endpoint, the latest first.
    ///
    /// - Parameters:
    ///   - succeeded: only those that the receiver has taken, or only those that it has not; nil: all.
    ///   - before: the id of the last attempt of the page before; 0 for the latest.
    ///   - limit: 1 to 100.
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func attempts(
        of id: EndpointID, of space: SpaceID, succeeded: Bool? = nil, before: Int64, limit: Int
    ) async throws -> [DeliveryAttempt] {
        try await database.scan { reader in
            _ = try reader.endpoint(id, in: space)
            return try reader.attempts(of: id, succeeded: succeeded, before: before, limit: limit)
        }
    }

    /// Sends what an attempt has sent once more: with the same `webhook-id`, at the time of now. What is on its way just now is not sent twice.
    ///
    /// - Throws: `WebhookRefusal.unknownEndpoint`, `.unknownDelivery`.
    public func redeliver(_ attempt: Int64, of id: EndpointID, of space: SpaceID) async throws {
        try await database.transaction { tx in
            _ = try tx.endpoint(id, in: space)
            let requeued = try tx.execute(
                """
                UPDATE webhook_deliveries
                SET leased_until = CASE WHEN state = 0 THEN leased_until END, state = 0, attempts = 0, next_attempt_at = $1
                WHERE body IS NOT NULL AND endpoint_id = $2 AND id = (SELECT delivery_id FROM webhook_attempts WHERE id = $3 AND endpoint_id = $2)
                """, [.integer(tx.now.microseconds), .integer(id.rawValue), .integer(attempt)])
            guard requeued == 1 else { throw WebhookRefusal.unknownDelivery }
        }
        wakeForChange()
    }

    /// Takes up again what was given up since a moment, at most fourteen days back and as far as bodies are kept: the oldest first, and no more than
    /// may wait.
    ///
    /// - Returns: how many deliveries; when there are more, ask again later.
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func recover(_ id: EndpointID, of space: SpaceID, since: Timestamp) async throws -> Int {
        let count = try await database.transaction { tx in
            _ = try tx.endpoint(id, in: space)
            let from = max(since, tx.now.adding(seconds: -Self.recoverSeconds))
            return try tx.execute(
                """
                UPDATE webhook_deliveries SET state = 0, attempts = 0, next_attempt_at = $1, leased_until = NULL
                WHERE id IN (
                    SELECT id FROM webhook_deliveries
                    WHERE endpoint_id = $2 AND state IN (2, 3) AND created_at >= $3 AND body IS NOT NULL ORDER BY created_at, id LIMIT $4)
                """,
                [
                    .integer(tx.now.microseconds), .integer(id.rawValue), .integer(from.microseconds),
                    .integer(Int64(max(0, EndpointHealth.backlogLimit / 2 - (try tx.waitingCount(of: id))))),
                ])
        }
        wakeForChange()
        return count
    }

    /// Forgets bodies and attempts that are old enough, and endpoints of galaxies that are gone. Call it now and then.
    public func removeExpired() async throws {
        let spaces = try await database.read { reader in
            try reader.query("SELECT DISTINCT space_id FROM webhook_endpoints WHERE space_id IS NOT NULL", []) {
                SpaceID(try $0.integer(0))
            }
        }
        let gone = try await community.spacesThatAreGone(among: spaces)
        try await database.transaction { tx in
            for space in gone {
                for record in try tx.endpoints(of: space) { try tx.delete(record.endpoint.id) }
            }
            let bodies = SQLValue.integer(tx.now.adding(seconds: -Self.bodySeconds).microseconds)
            let attempts = SQLValue.integer(tx.now.adding(seconds: -Self.attemptSeconds).microseconds)
            // What could not be sent for a week, as its endpoint does not answer its ping, is of no use any more.
            try tx.execute("UPDATE webhook_deliveries SET state = 3 WHERE state = 0 AND next_attempt_at <= $1", [bodies])
            try tx.execute("UPDATE webhook_deliveries SET body = NULL WHERE body IS NOT NULL AND created_at <= $1 AND state <> 0", [bodies])
            try tx.execute("DELETE FROM webhook_attempts WHERE at <= $1", [attempts])
            try tx.execute("DELETE FROM webhook_deliveries WHERE created_at <= $1 AND state <> 0", [attempts])
        }
    }

    /// Has the operator's endpoints be those of the configuration. Call it once before starting.
    ///
    /// - Parameter isAlone: whether no other process sends: then whatever was on its way when the last one ended is taken up at once.
    public func prepare(isAlone: Bool) async throws {
        let wanted = settings.system
        let position = try await community.eventPosition().latest
        try await database.transaction { tx in
            if isAlone { try tx.execute("UPDATE webhook_deliveries SET leased_until = NULL WHERE leased_until IS NOT NULL") }
            let present = try tx.systemEndpoints().map(\.endpoint)
            for endpoint in present where !wanted.contains(where: { $0.url == endpoint.url }) { try tx.delete(endpoint.id) }
            for (url, events) in wanted {
                if var known = present.first(where: { $0.url == url }) {
                    known.events = events
                    // What was disabled begins anew, with what the log still has.
                    if known.state == .disabled {
                        (known.state, known.disabledReason, known.firstFailureAt) = (.active, nil, nil)
                        try tx.clearFailures(of: known.id)
                    }
                    try tx.update(known)
                } else {
                    let endpoint = WebhookEndpoint(
                        id: EndpointID(tx.nextID()), spaceID: nil, url: url, events: events, scheme: .asymmetric, state: .active,
                        createdBy: AccountID(0), createdAt: tx.now)
                    try tx.insert(endpoint, secret: [], position: position)
                }
            }
        }
        wakeForChange()
    }
}
