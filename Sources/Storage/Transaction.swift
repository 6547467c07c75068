public import Primitives

/// A running transaction: SQL and nothing that waits for anything else. It never leaves the closure that gets it.
///
/// A statement that fails ends it, as PostgreSQL has it: every further one fails with the same error, and so does the transaction, even when its
/// closure goes on as if nothing had happened.
public final class Transaction: SQLReader {
    private let connection: any SQLConnection
    private let makeID: () -> Int64
    private(set) var drafts: [EventDraft] = []
    private var failure: (any Error)?

    /// The time of the transaction.
    public let now: Timestamp

    init(connection: any SQLConnection, now: Timestamp, makeID: @escaping () -> Int64) {
        self.connection = connection
        self.now = now
        self.makeID = makeID
    }

    /// Runs a statement and hands its rows over.
    public func run(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws {
        _ = try perform(sql, parameters, row: row)
    }

    /// Runs a statement that changes rows.
    ///
    /// - Returns: how many.
    @discardableResult
    public func execute(_ sql: StaticString, _ parameters: [SQLValue] = []) throws -> Int {
        try perform(sql, parameters) { _ in }
    }

    private func perform(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
        if let failure { throw failure }
        do {
            return try connection.execute(sql, parameters, row: row)
        } catch {
            failure = error
            throw error
        }
    }

    /// A new id, greater than all before it.
    public func nextID() -> Int64 {
        makeID()
    }

    /// Adds an event. It is written with the transaction and published after the commit, in the order of commits.
    public func append(_ event: EventDraft) {
        drafts.append(event)
    }

    /// Makes sure that nothing stands against the commit: what failed later would take the other transactions of the group with it.
    func finish() throws {
        if let failure { throw failure }
        for draft in drafts { try SQLValue.optional(draft.data).requireStorable() }
    }
}
