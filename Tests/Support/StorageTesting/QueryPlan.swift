internal import CSQLite
public import Storage

extension DatabaseConfiguration {
    /// How the engine would carry a statement out, as one text that names the indexes: `EXPLAIN QUERY PLAN` of SQLite, `EXPLAIN` of PostgreSQL.
    ///
    /// - Parameter sql: its parameters are integers.
    public func plan(of sql: String) throws -> String {
        switch self {
        case .sqlite(let path): return try Self.plan(of: sql, inFile: path)
        case .postgresql(let url):
            // As the server plans a statement that it has prepared long since, with statistics as they are now.
            let server = PostgresServer(url: url)
            let arguments = (1...9).filter { sql.contains("$\($0)") }.map { _ in "1" }.joined(separator: ", ")
            return try server.run(
                "ANALYZE; SET plan_cache_mode = force_generic_plan; PREPARE planned AS \(sql); "
                    + "EXPLAIN (FORMAT JSON) EXECUTE planned (\(arguments))") ?? ""
        }
    }

    private static func plan(of sql: String, inFile path: String) throws -> String {
        var database: OpaquePointer?
        var statement: OpaquePointer?
        defer {
            sqlite3_finalize(statement)
            sqlite3_close_v2(database)
        }
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK,
            sqlite3_prepare_v2(database, "EXPLAIN QUERY PLAN " + sql, -1, &statement, nil) == SQLITE_OK
        else { throw PostgresServer.Failure(reason: String(cString: sqlite3_errmsg(database))) }
        var lines: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            if let line = sqlite3_column_text(statement, 3) { lines.append(String(cString: line)) }
        }
        return lines.joined(separator: "\n")
    }
}
