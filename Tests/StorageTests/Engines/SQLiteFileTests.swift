import Storage
import StorageTesting
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// DESIGN section 5: "SQLite (embedded default: WAL, `synchronous=FULL`, one file)".
struct SQLiteFileTests {
    private static func settings(_ reader: any SQLReader) throws -> [String] {
        [
            try reader.first("PRAGMA journal_mode") { try $0.text(0) } ?? "",
            "\(try reader.first("PRAGMA synchronous") { try $0.integer(0) } ?? -1)",
            "\(try reader.first("PRAGMA foreign_keys") { try $0.integer(0) } ?? -1)",
        ]
    }

    /// 2 is FULL: the log is synced with each commit. With NORMAL an acknowledged write could be lost with the power.
    @Test func everyConnectionWritesAheadAndSyncsFully() async throws {
        try await TestDatabase.run(on: .sqlite) { database in
            let writer = try await database.transaction { try Self.settings($0) }
            let reader = try await database.read { try Self.settings($0) }
            let scanner = try await database.scan { try Self.settings($0) }
            for settings in [writer, reader, scanner] { #expect(settings == ["wal", "2", "1"]) }
        }
    }

    /// The database holds hashes of passwords and what people say in private.
    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        try await TestFolder.with { folder in
            // Whatever the mask of the process.
            let mask = umask(0)
            defer { umask(mask) }
            try await TestDatabase.open(.sqlite(path: "\(folder)/test.sqlite")) { database in
                try await database.transaction { try $0.insertBird(1, "kea") }
                #expect(TestFolder.names(in: folder) == ["test.sqlite", "test.sqlite-shm", "test.sqlite-wal"])
                for name in TestFolder.names(in: folder) { #expect(TestFolder.mode(of: "\(folder)/\(name)") == 0o600) }
            }
            #expect(TestFolder.names(in: folder) == ["test.sqlite"], "a closed database is one file")
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndLeftAlone() async throws {
        try await TestFolder.with { folder in
            let path = "\(folder)/letter.txt"
            let text = String(repeating: "Dear Kea, this is no database. ", count: 100)
            let file = open(path, O_WRONLY | O_CREAT, 0o600)
            try #require(write(file, text, text.utf8.count) == text.utf8.count)
            close(file)
            let failure = await #expect(throws: DatabaseError.self) { try await TestDatabase.open(.sqlite(path: path)) }
            guard case .unavailable = failure else {
                Issue.record("unavailable, not \(String(describing: failure))")
                return
            }
            var status = stat()
            #expect(stat(path, &status) == 0 && Int(status.st_size) == text.utf8.count)
        }
    }

    @Test func aPlaceThatIsNotThereIsNamed() async {
        await #expect(throws: DatabaseError.unavailable(reason: "/nowhere/test.sqlite: No such file or directory")) {
            try await TestDatabase.open(.sqlite(path: "/nowhere/test.sqlite"))
        }
    }
}
