internal import Primitives

/// The log of everything that happened (DESIGN section 6): what sockets, resume and webhooks read.
public enum EventLog {
    /// How far the log goes.
    public struct Position: Sendable, Equatable {
        /// No event has a greater id yet; every event to come will have.
        public var latest: Int64
        /// Events up to this id may be gone: whoever knows less has to start anew.
        public var prunedThrough: Int64
    }

    static let migrations = [
        Migration(
            version: 1, name: "event log",
            statements: [
                """
                CREATE TABLE events (
                    id BIGINT PRIMARY KEY, scope BIGINT NOT NULL, scope_id BIGINT NOT NULL, kind BIGINT NOT NULL, subject_id BIGINT NOT NULL,
                    data TEXT, created_at BIGINT NOT NULL)
                """,
                "CREATE INDEX events_by_scope ON events (scope, scope_id, id)",
                "CREATE TABLE event_log (only_row BIGINT PRIMARY KEY, latest BIGINT NOT NULL, pruned_through BIGINT NOT NULL)",
                "INSERT INTO event_log (only_row, latest, pruned_through) VALUES (1, 0, 0)",
            ]),
        // Counting millions of events takes a walk over all of them. `counted_through` is the latest event that the number knows of: a program
        // from before, which may go on beside this one until it is stopped, moves `latest` only.
        Migration(
            version: 2, name: "how many events are kept",
            statements: [
                "ALTER TABLE event_log ADD COLUMN kept BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE event_log ADD COLUMN counted_through BIGINT NOT NULL DEFAULT 0",
                "UPDATE event_log SET kept = (SELECT COUNT(*) FROM events), counted_through = latest",
            ]),
    ]

    /// How far the log goes, in the state that `reader` sees.
    public static func position(_ reader: any SQLReader) throws -> Position {
        try reader.first("SELECT latest, pruned_through FROM event_log WHERE only_row = 1") { row in
            Position(latest: try row.integer(0), prunedThrough: try row.integer(1))
        } ?? Position(latest: 0, prunedThrough: 0)
    }

    /// The events of one scope after a position, oldest first.
    public static func events(
        of scope: EventScope, _ scopeID: Int64, after: Int64, upTo: Int64, limit: Int, in reader: any SQLReader
    ) throws -> [Event] {
        try reader.query(
            """
            SELECT id, kind, subject_id, data, created_at FROM events
            WHERE scope = $1 AND scope_id = $2 AND id > $3 AND id <= $4 ORDER BY id LIMIT $5
            """,
            [.integer(scope.rawValue), .integer(scopeID), .integer(after), .integer(upTo), .integer(Int64(limit))]
        ) { row in try event(of: scope, scopeID, in: row) }
    }

    /// The events of all scopes after a position, oldest first.
    public static func events(after: Int64, upTo: Int64, limit: Int, in reader: any SQLReader) throws -> [Event] {
        let found = try reader.query(
            """
            SELECT id, kind, subject_id, data, created_at, scope, scope_id FROM events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
            """,
            [.integer(after), .integer(upTo), .integer(Int64(limit))]
        ) { row in
            // A scope that a newer program made means nothing here.
            try EventScope(rawValue: row.integer(5)).map { try event(of: $0, row.integer(6), in: row) }
        }
        return found.compactMap { $0 }
    }

    /// Reads the columns id, kind, subject_id, data, created_at.
    private static func event(of scope: EventScope, _ scopeID: Int64, in row: Row) throws -> Event {
        Event(
            id: try row.integer(0), scope: scope, scopeID: scopeID, kind: try row.integer(1), subjectID: try row.integer(2),
            data: try row.optionalText(3), createdAt: Timestamp(microseconds: try row.integer(4)))
    }

    /// Writes the drafts of a group of transactions and moves the position on, also past ids that no event tells of.
    static func append(_ drafts: [EventDraft], at now: Timestamp, to connection: any SQLConnection, ids: inout IDGenerator) throws
        -> [Event]
    {
        var events: [Event] = []
        events.reserveCapacity(drafts.count)
        for draft in drafts {
            let event = Event(
                id: ids.next(at: now), scope: draft.scope, scopeID: draft.scopeID, kind: draft.kind, subjectID: draft.subjectID,
                data: draft.data, createdAt: now, live: draft.live)
            try connection.execute(
                "INSERT INTO events (id, scope, scope_id, kind, subject_id, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                [
                    .integer(event.id), .integer(event.scope.rawValue), .integer(event.scopeID), .integer(event.kind),
                    .integer(event.subjectID),
                    .optional(event.data), .integer(now.microseconds),
                ])
            events.append(event)
        }
        try connection.execute(
            """
            UPDATE event_log SET latest = $1, kept = kept + $2,
                counted_through = CASE WHEN counted_through = latest THEN $1 ELSE counted_through END
            WHERE only_row = 1
            """, [.integer(ids.latest), .integer(Int64(events.count))])
        return events
    }

    /// Whether an event is in the log as it was written.
    static func contains(_ event: Event, in reader: any SQLReader) throws -> Bool {
        try reader.first(
            "SELECT id FROM events WHERE id = $1 AND scope = $2 AND scope_id = $3 AND kind = $4 AND subject_id = $5",
            [
                .integer(event.id), .integer(event.scope.rawValue), .integer(event.scopeID), .integer(event.kind),
                .integer(event.subjectID),
            ]
        ) { _ in true } ?? false
    }

    /// Whether it is known how many events are kept.
    static func isCounted(in reader: any SQLReader) throws -> Bool {
        try reader.first("SELECT 1 FROM event_log WHERE only_row = 1 AND counted_through = latest") { _ in true } ?? false
    }

    /// Counts the events that are kept. Walks all of them.
    static func count(in transaction: Transaction) throws {
        try transaction.execute("UPDATE event_log SET kept = (SELECT COUNT(*) FROM events), counted_through = latest WHERE only_row = 1")
    }

    /// The id of the last event that need not be kept: one that is older than `before`, or has `keepAtMost` after it. Walks those that are too many.
    static func lastToForget(before: Timestamp, keepAtMost: Int, in reader: any SQLReader) throws -> Int64 {
        // Ids rise with time, so both limits are places in the order of ids.
        let byAge = IDGenerator.smallestID(at: before) - 1
        let kept = try reader.first("SELECT kept FROM event_log WHERE only_row = 1") { try $0.integer(0) } ?? 0
        guard kept > keepAtMost else { return byAge }
        let bySize = try reader.first("SELECT id FROM events ORDER BY id LIMIT 1 OFFSET $1", [.integer(kept - Int64(keepAtMost) - 1)]) {
            try $0.integer(0)
        }
        return max(byAge, bySize ?? 0)
    }

    /// Forgets events up to an id, at most `batch` of them, so that nobody waits long.
    ///
    /// - Returns: how many were forgotten; as many as `batch` means that there may be more.
    static func prune(through end: Int64, batch: Int, in transaction: Transaction) throws -> Int {
        let last = try transaction.query(
            "SELECT id FROM events WHERE id <= $1 ORDER BY id LIMIT $2", [.integer(end), .integer(Int64(batch))]
        ) {
            try $0.integer(0)
        }.last
        guard let last else { return 0 }
        let count = try transaction.execute("DELETE FROM events WHERE id <= $1", [.integer(last)])
        try transaction.execute(
            """
            UPDATE event_log SET kept = kept - $1, pruned_through = CASE WHEN pruned_through < $2 THEN $2 ELSE pruned_through END
            WHERE only_row = 1
            """, [.integer(Int64(count)), .integer(last)])
        return count
    }
}
