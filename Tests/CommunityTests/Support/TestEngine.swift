import Primitives
import Security
import Testing

@testable import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A database engine that the suite runs on. PostgreSQL only when ROOST_TEST_POSTGRES names a server.
enum TestEngine: String, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    private static let server = getenv("ROOST_TEST_POSTGRES").map { String(cString: $0) }

    /// A database may take a dozen connections.
    private static let gate = TestGate(limit: 4)

    static var available: [TestEngine] {
        server == nil ? [.sqlite] : allCases
    }

    var testDescription: String { rawValue }

    /// Runs `body` with a database of its own, which is gone afterwards.
    func withDatabase(_ body: (DatabaseConfiguration) async throws -> Void) async throws {
        await Self.gate.enter()
        defer { Self.gate.leave() }
        let name = "roost_test_" + Hex.encode(SecureRandom.bytes(8))
        switch self {
        case .sqlite:
            let path = "/tmp/\(name).db"
            defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
            try await body(.sqlite(path: path))
        case .postgresql:
            guard let server = Self.server else { return }
            try Self.run("CREATE SCHEMA \(name)", on: server)
            defer { try? Self.run("DROP SCHEMA \(name) CASCADE", on: server) }
            try await body(.postgresql(url: "\(server)\(server.contains("?") ? "&" : "?")options=-csearch_path%3D\(name)"))
        }
    }

    private static func run(_ sql: String, on server: String) throws {
        let connection = try PostgresConnection(url: server)
        defer { connection.close() }
        try connection.executeOnce(sql)
    }
}
