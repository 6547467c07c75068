public import Primitives

/// A running transaction: SQL and nothing that waits for anything else. It never leaves the closure that gets it.
public final class Transaction: SQLReader {
    private let connection: any SQLConnection
    private let makeID: () -> Int64
    private(set) var drafts: [EventDraft] = []

    /// The time of the transaction.
    public let now: Timestamp

    init(connection: any SQLConnection, now: Timestamp, makeID: @escaping () -> Int64) {
        self.connection = connection
        self.now = now
        self.makeID = makeID
    }

    /// Runs a statement and hands its rows over.
    public func run(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws {
        try connection.execute(sql, parameters, row: row)
    }

    /// Runs a statement that changes rows.
    ///
    /// - Returns: how many.
    @discardableResult
    public func execute(_ sql: StaticString, _ parameters: [SQLValue] = []) throws -> Int {
        try connection.execute(sql, parameters)
    }

    /// A new id, greater than all before it.
    public func nextID() -> Int64 {
        makeID()
    }

    /// Adds an event. It is written with the transaction and published after the commit, in the order of commits.
    public func append(_ event: EventDraft) {
        drafts.append(event)
    }
}
