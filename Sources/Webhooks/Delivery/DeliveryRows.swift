internal import Community
public import Primitives
internal import Storage

/// What becomes of a delivery. The numbers stand in the database.
enum DeliveryState: Int64 {
    case waiting = 0
    case delivered = 1
    case exhausted = 2
    case dropped = 3
}

/// A delivery that is due.
struct DueDelivery {
    var id: Int64
    var endpoint: EndpointID
    var messageID: String
    var body: [UInt8]
    /// Attempts so far.
    var attempts: Int
}

/// An attempt, as whoever manages the endpoint may look at it; never what the receiver answered beyond its status.
public struct DeliveryAttempt: Sendable, Equatable {
    /// The id.
    public var id: Int64
    /// What was sent: the `webhook-id` of all its attempts.
    public var messageID: String
    /// The type of the event.
    public var type: String
    /// From 1.
    public var attempt: Int
    /// When.
    public var at: Timestamp
    /// The status of the answer; nil without one.
    public var status: Int?
    /// Why there was none, in one word.
    public var failure: String?
    /// How long it took, in milliseconds.
    public var milliseconds: Int

    /// Whether the receiver has taken it.
    public var isSuccess: Bool { status.map { (200...299).contains($0) } ?? false }
}

extension SQLReader {
    /// Whether anything is due, or was taken by somebody who has not come back.
    func hasDueDelivery(at now: Timestamp) throws -> Bool {
        try first(
            "SELECT 1 FROM webhook_deliveries WHERE state = 0 AND next_attempt_at <= $1 LIMIT 1", [.integer(now.microseconds)]
        ) { try $0.integer(0) } != nil
    }

    /// Endpoints to which something is due that nobody has taken, the one that waits longest first. Those that are paused are left alone; one
    /// that has not answered yet, or is disabled, gets pings and nothing else, but for the end of its galaxy.
    func endpointsWithDueDeliveries(at now: Timestamp) throws -> [EndpointID] {
        let found = try query(
            """
            SELECT e.id, (
                SELECT d.next_attempt_at FROM webhook_deliveries d
                WHERE d.endpoint_id = e.id AND d.state = 0 AND d.next_attempt_at <= $1 AND (d.leased_until IS NULL OR d.leased_until <= $1)
                    AND (e.state = 1 OR d.type = $2 OR e.state = 2 AND d.type = 'galaxy.deleted')
                ORDER BY d.next_attempt_at LIMIT 1)
            FROM webhook_endpoints e WHERE e.paused_until IS NULL OR e.paused_until <= $1
            """, [.integer(now.microseconds), .text(WebhookEngine.pingType)]
        ) { row in (endpoint: EndpointID(try row.integer(0)), since: try row.optionalInteger(1)) }
        return found.compactMap { entry in entry.since.map { (entry.endpoint, $0) } }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// What is due to an endpoint, the oldest first, without what somebody has taken.
    func dueDeliveries(to endpoint: EndpointRecord, at now: Timestamp, limit: Int) throws -> [DueDelivery] {
        try query(
            """
            SELECT id, endpoint_id, message_id, body, attempts FROM webhook_deliveries
            WHERE endpoint_id = $1 AND state = 0 AND next_attempt_at <= $2 AND (leased_until IS NULL OR leased_until <= $2) AND body IS NOT NULL
                AND ($3 = 1 OR type = $4 OR $3 = 2 AND type = 'galaxy.deleted')
            ORDER BY next_attempt_at, id LIMIT $5
            """,
            [
                .integer(endpoint.endpoint.id.rawValue), .integer(now.microseconds), .integer(endpoint.endpoint.state.rawValue),
                .text(WebhookEngine.pingType), .integer(Int64(limit)),
            ]
        ) { row in
            DueDelivery(
                id: try row.integer(0), endpoint: EndpointID(try row.integer(1)), messageID: try row.text(2), body: try row.blob(3),
                attempts: Int(try row.integer(4)))
        }
    }

    func waitingCount(of endpoint: EndpointID) throws -> Int {
        try first(
            "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 0", [.integer(endpoint.rawValue)]
        ) { Int(try $0.integer(0)) } ?? 0
    }

    /// The attempts of an endpoint, the latest first.
    ///
    /// - Parameter before: 0 for the latest ones.
    func attempts(of endpoint: EndpointID, succeeded: Bool?, before: Int64, limit: Int) throws -> [DeliveryAttempt] {
        try query(
            """
            SELECT a.id, d.message_id, d.type, a.attempt, a.at, a.status, a.failure, a.duration
            FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery_id
            WHERE a.endpoint_id = $1 AND (a.id < $2 OR $2 = 0)
                AND ($3 = 0 OR $3 = CASE WHEN a.status BETWEEN 200 AND 299 THEN 1 ELSE 2 END)
            ORDER BY a.id DESC LIMIT $4
            """,
            [.integer(endpoint.rawValue), .integer(before), .integer(succeeded.map { $0 ? 1 : 2 } ?? 0), .integer(Int64(limit))]
        ) { row in
            DeliveryAttempt(
                id: try row.integer(0), messageID: try row.text(1), type: try row.text(2), attempt: Int(try row.integer(3)),
                at: Timestamp(microseconds: try row.integer(4)), status: try row.optionalInteger(5).map { Int($0) },
                failure: try row.optionalText(6), milliseconds: Int(try row.integer(7)))
        }
    }
}

extension Transaction {
    /// Queues something for an endpoint.
    func queue(_ type: String, _ body: [UInt8], messageID: String, for endpoint: EndpointID) throws {
        try execute(
            """
            INSERT INTO webhook_deliveries (id, endpoint_id, message_id, type, body, state, attempts, next_attempt_at, created_at)
            VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $6)
            """,
            [
                .integer(nextID()), .integer(endpoint.rawValue), .text(messageID), .text(type), .blob(body), .integer(now.microseconds),
            ])
    }

    /// Takes a delivery, unless another process has.
    func lease(_ delivery: DueDelivery, until: Timestamp) throws -> Bool {
        try execute(
            """
            UPDATE webhook_deliveries SET leased_until = $1
            WHERE id = $2 AND state = 0 AND attempts = $3 AND (leased_until IS NULL OR leased_until <= $4)
            """,
            [.integer(until.microseconds), .integer(delivery.id), .integer(Int64(delivery.attempts)), .integer(now.microseconds)]) == 1
    }

    /// Writes down how an attempt ended.
    func note(_ delivery: DueDelivery, attempt: Int, at: Timestamp, _ result: AttemptResult, milliseconds: Int) throws {
        var status: Int64?
        var failure: String?
        switch result {
        case .answered(let code, _): status = Int64(code)
        case .failed(let word): failure = word
        case .forbidden: failure = "forbidden_address"
        }
        try execute(
            """
            INSERT INTO webhook_attempts (id, delivery_id, endpoint_id, attempt, at, status, failure, duration)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(nextID()), .integer(delivery.id), .integer(delivery.endpoint.rawValue), .integer(Int64(attempt)),
                .integer(at.microseconds), .optional(status), .optional(failure), .integer(Int64(milliseconds)),
            ])
    }

    /// Writes what becomes of a delivery after an attempt.
    func settle(_ delivery: DueDelivery, attempts: Int, _ state: DeliveryState, next: Timestamp) throws {
        try execute(
            "UPDATE webhook_deliveries SET state = $1, attempts = $2, next_attempt_at = $3, leased_until = NULL WHERE id = $4 AND state = 0",
            [.integer(state.rawValue), .integer(Int64(attempts)), .integer(next.microseconds), .integer(delivery.id)])
    }
}
