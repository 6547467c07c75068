internal import CPostgres

/// A PostgreSQL server, seen by its administrator: past everything that Roost does with it.
public struct PostgresServer: Sendable {
    /// The server refused.
    public struct Failure: Error {
        /// What the server says.
        public let reason: String
    }

    private let url: String

    /// A server by a libpq connection URL.
    public init(url: String) {
        self.url = url
    }

    /// Runs statements on a connection of their own.
    ///
    /// - Returns: the first value of the last one as text, nil for none or NULL.
    @discardableResult
    public func run(_ sql: String) throws -> String? {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
            throw Failure(reason: String(cString: PQerrorMessage(connection)))
        }
        guard PQntuples(result) > 0, PQgetisnull(result, 0, 0) == 0 else { return nil }
        return String(cString: PQgetvalue(result, 0, 0))
    }

    /// Ends the connections with these process numbers and waits until they are gone.
    public func terminate(_ processes: [Int64]) throws {
        for process in processes { try run("SELECT pg_terminate_backend(\(process), 5000)") }
    }
}
