internal import CPostgres

/// One connection to a PostgreSQL server.
final class PostgresConnection: SQLConnection {
    /// The advisory lock of whoever writes, the same on all nodes: "roost" in ASCII. Read committed, so that every statement after the lock sees
    /// what the one before has committed, whatever the server's default.
    private static let beginWriting = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(491497518964)"
    /// The advisory lock of whoever migrates.
    private static let schemaLock = "SELECT pg_advisory_lock(491497518965)"
    /// What a connection needs, whatever the server or the URL say: a commit is on disk when it returns.
    private static let settings = """
        SET client_min_messages = warning; SET client_encoding = 'UTF8'; SET statement_timeout = '60s';
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
        """

    private let connection: OpaquePointer
    private var statementNames: [UnsafeRawPointer: String] = [:]
    private var isOpen = true

    /// Connects.
    ///
    /// - Throws: `DatabaseError.unavailable` with the server's reason, without the URL: it may hold a password.
    init(url: String) throws(DatabaseError) {
        guard let connection = PQconnectdb(url) else { throw .unavailable(reason: "out of memory") }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else {
            let reason = Self.line(PQerrorMessage(connection))
            close()
            throw .unavailable(reason: reason)
        }
        guard PQserverVersion(connection) >= 150_000 else {
            close()
            throw .unavailable(reason: "PostgreSQL 15 or newer is needed")
        }
        do throws(DatabaseError) {
            try executeOnce(Self.settings)
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
        PQfinish(connection)
    }

    // MARK: Statements

    func execute(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
        let name = try prepared(sql)
        let result = try PostgresParameters(parameters).withPointers { count, values, lengths, formats in
            // Results come in binary format: integers and bytes need no reading of text.
            PQexecPrepared(connection, name, count, values, lengths, formats, 1)
        }
        defer { PQclear(result) }
        guard let result else { throw unavailable() }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK:
            for index in 0..<PQntuples(result) { try row(Row(place: .postgres(result, index))) }
        case PGRES_COMMAND_OK: break
        default: throw error(result)
        }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func executeOnce(_ sql: String) throws(DatabaseError) {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard let result else { throw unavailable() }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else { throw error(result) }
    }

    private func prepared(_ sql: StaticString) throws(DatabaseError) -> String {
        let key = UnsafeRawPointer(sql.utf8Start)
        if let known = statementNames[key] { return known }
        let name = "s\(statementNames.count)"
        let result = PQprepare(connection, name, sql.description, 0, nil)
        defer { PQclear(result) }
        guard let result else { throw unavailable() }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw error(result) }
        statementNames[key] = name
        return name
    }

    // MARK: Transactions

    var commitsElsewhere: Bool { true }

    var isInTransaction: Bool {
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE
    }

    func beginWriting() throws(DatabaseError) {
        try executeOnce(Self.beginWriting)
    }

    func beginReading() throws(DatabaseError) {
        try executeOnce("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    func lockSchema() throws(DatabaseError) {
        // A migration, or another node's, takes the time it takes.
        try executeOnce("SET statement_timeout = 0")
        try executeOnce(Self.schemaLock)
    }

    // MARK: Failures

    private func unavailable() -> DatabaseError {
        .unavailable(reason: Self.line(PQerrorMessage(connection)))
    }

    private func error(_ result: OpaquePointer) -> DatabaseError {
        guard PQstatus(connection) == CONNECTION_OK else { return unavailable() }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let reason =
            PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? Self.line(PQresultErrorMessage(result))
        switch state.prefix(2) {
        case "23" where state == "23505":
            return .uniqueViolation(constraint: PQresultErrorField(result, Int32(UInt8(ascii: "n"))).map { String(cString: $0) } ?? reason)
        case "23": return .constraintViolation(reason: reason)
        // Connection, resources, operator intervention, system error.
        case "08", "53", "57", "58": return .unavailable(reason: reason)
        default: return .statement(code: state, reason: reason)
        }
    }

    private static func line(_ message: UnsafeMutablePointer<CChar>?) -> String {
        line(message.map { UnsafePointer($0) })
    }

    private static func line(_ message: UnsafePointer<CChar>?) -> String {
        guard let message else { return "no reason given" }
        return String(cString: message).split(separator: "\n").joined(separator: " ")
    }
}
