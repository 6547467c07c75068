/// A connection to either engine. Used by one thread at a time.
protocol SQLConnection: AnyObject, SQLReader {
    /// Runs a statement of the program; it is prepared at its first use.
    ///
    /// - Returns: rows inserted, changed or deleted.
    @discardableResult
    func execute(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int

    /// Runs a statement that is made at run time: migrations only.
    func executeOnce(_ sql: String) throws(DatabaseError)

    /// Begins a transaction that writes, once no other process writes to the same database: what is checked in it holds until its commit, and
    /// commits and the ids of their events have one order.
    func beginWriting() throws(DatabaseError)
    /// Begins a transaction that reads one state of the database.
    func beginReading() throws(DatabaseError)
    /// Whether a transaction is open; an engine may end one by itself when something severe happens.
    var isInTransaction: Bool { get }

    /// Keeps other programs from migrating until the connection is closed; waits for one that does.
    func lockSchema() throws(DatabaseError)

    /// Whether a commit may be done although its answer is lost, because it is done elsewhere. Where it is not, a commit that failed counts as not
    /// done: looking it up could find what never reached the disk.
    var commitsElsewhere: Bool { get }

    func close()
}

extension SQLConnection {
    func run(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws {
        try execute(sql, parameters, row: row)
    }

    /// Runs a statement that has no rows.
    @discardableResult
    func execute(_ sql: StaticString, _ parameters: [SQLValue] = []) throws -> Int {
        try execute(sql, parameters) { _ in }
    }

    func commit() throws {
        try execute("COMMIT")
    }

    /// Takes the open transaction back, if there is one. What cannot be taken back is gone with the connection anyway.
    func rollback() {
        guard isInTransaction else { return }
        _ = try? execute("ROLLBACK")
    }

    /// Runs `body` in the transaction that `beginReading` has begun, and ends it.
    func reading<Value>(_ body: (any SQLReader) throws -> Value) throws -> Value {
        do {
            let value = try body(self)
            try commit()
            return value
        } catch {
            rollback()
            throw error
        }
    }
}
