import Storage
import StorageTesting
import Testing

/// What Roost promises does not depend on the defaults of somebody else's server.
@Suite(.enabled(if: TestEngine.hasPostgreSQL)) struct PostgresSettingsTests {
    /// Runs `body` with a server whose defaults are as given.
    private static func run(defaults: String, _ body: (Database) async throws -> Void) async throws {
        try await TestEngine.postgresql.withDatabase { configuration in
            guard case .postgresql(let url) = configuration else { return }
            // The options of the URL come in the place of the server's own.
            try await TestDatabase.open(.postgresql(url: "\(url)\(defaults)"), body)
        }
    }

    private static func setting(_ reader: any SQLReader) throws -> String? {
        try reader.first("SELECT current_setting('synchronous_commit')") { try $0.text(0) }
    }

    /// "An acknowledged write is on disk."
    @Test func aCommitIsOnDiskEvenWhereTheServerWouldNotWait() async throws {
        try await Self.run(defaults: "%20-csynchronous_commit%3Doff") { database in
            let setting = try await database.transaction { try Self.setting($0) }
            #expect(setting == "on")
        }
        // Waiting for more than the disk is the operator's choice.
        try await Self.run(defaults: "%20-csynchronous_commit%3Dremote_apply") { database in
            let setting = try await database.transaction { try Self.setting($0) }
            #expect(setting == "remote_apply")
        }
    }

    @Test func writersWorkWhateverTheDefaultIsolation() async throws {
        try await Self.run(defaults: "%20-cdefault_transaction_isolation%3Dserializable") { database in
            let isolation = try await database.transaction { tx in
                try tx.insertBird(1, "kea")
                return try tx.first("SELECT current_setting('transaction_isolation')") { try $0.text(0) }
            }
            #expect(isolation == "read committed")
            #expect(try await database.birds() == ["kea"])
        }
    }

    /// Preparing costs more than many a statement: each literal is prepared once for a connection.
    @Test func eachStatementIsPreparedOnce() async throws {
        try await Self.run(defaults: "") { database in
            for round: Int64 in 0..<20 { try await database.transaction { try $0.insertBird(round, "bird \(round)") } }
            let count = try await database.transaction { tx in
                try tx.first("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO birds%'") { try $0.integer(0) }
            }
            #expect(count == 1)
        }
    }
}
