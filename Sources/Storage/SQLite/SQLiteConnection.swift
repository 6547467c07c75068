internal import CSQLite

/// One connection to an SQLite file.
final class SQLiteConnection: SQLConnection {
    enum Role {
        /// The only connection that writes.
        case writer
        /// Sees what has been committed, and cannot write.
        case reader
    }

    /// How long a statement waits for another process that holds the file, such as a backup.
    private static let busyTimeoutMilliseconds: Int32 = 5_000

    private static let uniqueCodes = [
        roost_sqlite_constraint_unique, roost_sqlite_constraint_primary_key, roost_sqlite_constraint_rowid,
    ].map { Int32($0) }
    private static let unavailableCodes = [
        SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY,
    ]

    /// Nobody asks how much memory SQLite has.
    private static let countsNoMemory: Void = { roost_sqlite_count_no_memory() }()

    private let database: OpaquePointer
    private var statements: [UnsafeRawPointer: SQLiteStatement] = [:]
    private var isOpen = true

    /// Opens the file; the writer makes it when it is not there.
    init(path: String, role: Role) throws(DatabaseError) {
        Self.countsNoMemory
        // SQLite would make it readable by all. Its companions (-wal, -shm) get the mode of the file.
        if role == .writer { try FileSystem.createPrivate(path) }
        var handle: OpaquePointer?
        // Each connection is used by one thread at a time, so SQLite need not lock it.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (role == .writer ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let reason = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(handle)
            throw .unavailable(reason: "\(path): \(reason)")
        }
        database = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
        do throws(DatabaseError) {
            // WAL: readers and the writer do not wait for each other. FULL: a commit is on disk when it returns.
            for pragma in ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -8192"] {
                try executeOnce("PRAGMA \(pragma)")
            }
            if role == .reader { try executeOnce("PRAGMA query_only = ON") }
        } catch {
            close()
            throw error
        }
    }

    deinit {
        close()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        for statement in statements.values { statement.finalize() }
        statements = [:]
        sqlite3_close_v2(database)
    }

    // MARK: Statements

    func execute(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
        let known = try prepared(sql)
        // A statement may run again for each of its own rows.
        let statement = known.isRunning ? try prepare(sql) : known
        defer { statement === known ? statement.reset() : statement.finalize() }
        try statement.bind(parameters)
        let before = sqlite3_total_changes64(database)
        var changed: Int?
        while true {
            let code = sqlite3_step(statement.handle)
            // All changes are made at the first step, before statements that `row` may run. Without what foreign keys have changed in turn.
            if changed == nil { changed = sqlite3_total_changes64(database) == before ? 0 : Int(sqlite3_changes64(database)) }
            switch code {
            case SQLITE_ROW: try row(Row(place: .sqlite(statement.handle)))
            case SQLITE_DONE: return changed ?? 0
            default: throw error(code)
            }
        }
    }

    func executeOnce(_ sql: String) throws(DatabaseError) {
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Preparing costs 5 µs, so each literal is prepared once.
    private func prepared(_ sql: StaticString) throws(DatabaseError) -> SQLiteStatement {
        let key = UnsafeRawPointer(sql.utf8Start)
        if let known = statements[key] { return known }
        let statement = try prepare(sql)
        statements[key] = statement
        return statement
    }

    private func prepare(_ sql: StaticString) throws(DatabaseError) -> SQLiteStatement {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database, sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount) { $0 }, Int32(sql.utf8CodeUnitCount),
            UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw error(code) }
        return SQLiteStatement(handle)
    }

    private func error(_ code: Int32) -> DatabaseError {
        let reason = String(cString: sqlite3_errmsg(database))
        switch code {
        case _ where Self.uniqueCodes.contains(code):
            let prefix = "UNIQUE constraint failed: "
            return .uniqueViolation(constraint: reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.utf8.count)) : reason)
        case _ where code & 0xFF == SQLITE_CONSTRAINT: return .constraintViolation(reason: reason)
        case _ where Self.unavailableCodes.contains(code & 0xFF):
            return .unavailable(reason: reason)
        default: return .statement(code: String(code), reason: reason)
        }
    }

    // MARK: Transactions

    var commitsElsewhere: Bool { false }

    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    func beginWriting() throws(DatabaseError) {
        try begin("BEGIN IMMEDIATE")
    }

    func beginReading() throws(DatabaseError) {
        try begin("BEGIN")
    }

    private func begin(_ sql: StaticString) throws(DatabaseError) {
        do {
            try execute(sql)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw .statement(code: "BEGIN", reason: String(describing: error))
        }
    }

    /// The data folder belongs to one process.
    func lockSchema() {}
}
