internal import Community
internal import Primitives
internal import Storage

/// An endpoint with what only the engine needs.
struct EndpointRecord {
    var endpoint: WebhookEndpoint
    var secret: [UInt8]
    /// Signs beside the new one for a while.
    var formerSecret: [UInt8]?
    var formerUntil: Timestamp?
    /// The last event of the log that has been looked at.
    var position: Int64
    var pausedUntil: Timestamp?
    var pauseSeconds: Int64
    var failures: Int

    /// From the columns of the table in their order.
    init(_ row: Row) throws(DatabaseError) {
        endpoint = WebhookEndpoint(
            id: EndpointID(try row.integer(0)), spaceID: try row.optionalInteger(1).map { SpaceID($0) }, url: try row.text(2),
            events: EndpointLists.split(try row.text(3)), channels: try row.optionalText(4).map(EndpointLists.split),
            description: try row.optionalText(5), scheme: SignatureScheme(rawValue: try row.integer(6)) ?? .both,
            state: EndpointState(rawValue: try row.integer(7)) ?? .disabled,
            disabledReason: try row.optionalText(8).flatMap { DisabledReason(rawValue: $0) },
            createdBy: AccountID(try row.integer(9)), createdAt: Timestamp(microseconds: try row.integer(19)),
            lastSuccessAt: try row.optionalInteger(18).map { Timestamp(microseconds: $0) },
            firstFailureAt: try row.optionalInteger(16).map { Timestamp(microseconds: $0) })
        secret = try row.blob(10)
        formerSecret = try row.optionalInteger(12) == nil ? nil : try row.blob(11)
        formerUntil = try row.optionalInteger(12).map { Timestamp(microseconds: $0) }
        position = try row.integer(13)
        pausedUntil = try row.optionalInteger(14).map { Timestamp(microseconds: $0) }
        pauseSeconds = try row.integer(15)
        failures = Int(try row.integer(17))
    }

    /// The secrets that sign now, the new one first.
    func secrets(at now: Timestamp) -> [[UInt8]] {
        guard let formerSecret, let formerUntil, now < formerUntil else { return [secret] }
        return [secret, formerSecret]
    }
}

/// Lists as one text: neither types nor ids hold commas.
enum EndpointLists {
    static func split(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    static func join(_ list: [String]) -> String { list.joined(separator: ",") }
}

extension SQLReader {
    /// An endpoint of a space.
    func endpoint(_ id: EndpointID) throws -> EndpointRecord? {
        try first(
            """
            SELECT id, space_id, url, events, channels, description, scheme, state, disabled_reason, created_by, secret, former_secret,
                former_until, position, paused_until, pause_seconds, first_failure_at, failures, last_success_at, created_at
            FROM webhook_endpoints WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { try EndpointRecord($0) }
    }

    /// The endpoints of a space, the oldest first.
    func endpoints(of space: SpaceID) throws -> [EndpointRecord] {
        try query(
            """
            SELECT id, space_id, url, events, channels, description, scheme, state, disabled_reason, created_by, secret, former_secret,
                former_until, position, paused_until, pause_seconds, first_failure_at, failures, last_success_at, created_at
            FROM webhook_endpoints WHERE space_id = $1 ORDER BY id
            """, [.integer(space.rawValue)]
        ) { try EndpointRecord($0) }
    }

    /// All endpoints that are told of events.
    func listeningEndpoints() throws -> [EndpointRecord] {
        try query(
            """
            SELECT id, space_id, url, events, channels, description, scheme, state, disabled_reason, created_by, secret, former_secret,
                former_until, position, paused_until, pause_seconds, first_failure_at, failures, last_success_at, created_at
            FROM webhook_endpoints WHERE state = 1 ORDER BY id
            """, []
        ) { try EndpointRecord($0) }
    }

    /// The operator's endpoints, whatever their state.
    func systemEndpoints() throws -> [EndpointRecord] {
        try query(
            """
            SELECT id, space_id, url, events, channels, description, scheme, state, disabled_reason, created_by, secret, former_secret,
                former_until, position, paused_until, pause_seconds, first_failure_at, failures, last_success_at, created_at
            FROM webhook_endpoints WHERE space_id IS NULL ORDER BY id
            """, []
        ) { try EndpointRecord($0) }
    }
}

extension Transaction {
    func insert(_ endpoint: WebhookEndpoint, secret: [UInt8], position: Int64) throws {
        try execute(
            """
            INSERT INTO webhook_endpoints (
                id, space_id, url, events, channels, description, scheme, state, disabled_reason, created_by, secret, position, pause_seconds,
                failures, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10, $11, 0, 0, $12)
            """,
            [
                .integer(endpoint.id.rawValue), .optional(endpoint.spaceID?.rawValue), .text(endpoint.url),
                .text(EndpointLists.join(endpoint.events)), .optional(endpoint.channels.map(EndpointLists.join)),
                .optional(endpoint.description), .integer(endpoint.scheme.rawValue), .integer(endpoint.state.rawValue),
                .integer(endpoint.createdBy.rawValue), .blob(secret), .integer(position), .integer(endpoint.createdAt.microseconds),
            ])
    }

    /// Writes what somebody may change.
    func update(_ endpoint: WebhookEndpoint) throws {
        try execute(
            """
            UPDATE webhook_endpoints SET url = $1, events = $2, channels = $3, description = $4, state = $5, disabled_reason = $6,
                first_failure_at = $7, created_by = $8 WHERE id = $9
            """,
            [
                .text(endpoint.url), .text(EndpointLists.join(endpoint.events)), .optional(endpoint.channels.map(EndpointLists.join)),
                .optional(endpoint.description), .integer(endpoint.state.rawValue), .optional(endpoint.disabledReason?.rawValue),
                .optional(endpoint.firstFailureAt?.microseconds), .integer(endpoint.createdBy.rawValue),
                .integer(endpoint.id.rawValue),
            ])
    }

    /// Drops what waits for an endpoint, and forgets the bodies of what was sent.
    func forgetDeliveries(of endpoint: EndpointID) throws {
        let id = [SQLValue.integer(endpoint.rawValue)]
        try execute("UPDATE webhook_deliveries SET state = 3 WHERE endpoint_id = $1 AND state = 0", id)
        try execute("UPDATE webhook_deliveries SET body = NULL WHERE endpoint_id = $1 AND body IS NOT NULL", id)
    }

    /// Forgets that an endpoint has failed.
    func clearFailures(of endpoint: EndpointID) throws {
        try execute(
            "UPDATE webhook_endpoints SET failures = 0, first_failure_at = NULL, paused_until = NULL, pause_seconds = 0 WHERE id = $1",
            [.integer(endpoint.rawValue)])
    }

    /// Removes an endpoint with all that belongs to it.
    func delete(_ endpoint: EndpointID) throws {
        let key = [SQLValue.integer(endpoint.rawValue)]
        try execute("DELETE FROM webhook_attempts WHERE endpoint_id = $1", key)
        try execute("DELETE FROM webhook_deliveries WHERE endpoint_id = $1", key)
        try execute("DELETE FROM webhook_endpoints WHERE id = $1", key)
    }

    /// Tells an endpoint of nothing any more, and drops what waits for it.
    func disable(_ endpoint: EndpointID, _ reason: DisabledReason) throws {
        let id = SQLValue.integer(endpoint.rawValue)
        try execute(
            "UPDATE webhook_endpoints SET state = 2, disabled_reason = $1, paused_until = NULL, pause_seconds = 0 WHERE id = $2",
            [.text(reason.rawValue), id])
        try execute("UPDATE webhook_deliveries SET state = 3 WHERE endpoint_id = $1 AND state = 0", [id])
    }

    /// Has an endpoint told of what happens from now on.
    func activate(_ endpoint: EndpointID, from position: Int64) throws {
        try execute(
            "UPDATE webhook_endpoints SET state = 1, disabled_reason = NULL, position = $1 WHERE id = $2 AND state = 0",
            [.integer(position), .integer(endpoint.rawValue)])
    }
}
