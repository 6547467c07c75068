internal import Primitives
internal import Security
public import Storage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A database engine that the suite runs on. PostgreSQL only when ROOST_TEST_POSTGRES names a server.
public enum TestEngine: String, CaseIterable, Sendable {
    case sqlite
    case postgresql

    private static let serverURL = getenv("ROOST_TEST_POSTGRES").map { String(cString: $0) }

    /// A database may take a dozen connections.
    private static let gate = TestGate(limit: 4)

    /// The engines that are there, for the arguments of a test.
    public static var available: [TestEngine] {
        serverURL == nil ? [.sqlite] : allCases
    }

    /// For the tests of what only PostgreSQL can do.
    public static var hasPostgreSQL: Bool { serverURL != nil }

    /// Runs `body` with a database of its own, which is gone afterwards.
    public func withDatabase(_ body: (DatabaseConfiguration) async throws -> Void) async throws {
        await Self.gate.enter()
        defer { Self.gate.leave() }
        switch self {
        case .sqlite:
            try await TestFolder.with { try await body(.sqlite(path: "\($0)/test.sqlite")) }
        case .postgresql:
            guard let url = Self.serverURL else { return }
            let name = "roost_test_" + Hex.encode(SecureRandom.bytes(8))
            let server = PostgresServer(url: url)
            try server.run("CREATE SCHEMA \(name)")
            defer { _ = try? server.run("DROP SCHEMA \(name) CASCADE") }
            try await body(.postgresql(url: "\(url)\(url.contains("?") ? "&" : "?")options=-csearch_path%3D\(name)"))
        }
    }
}
