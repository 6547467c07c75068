import Primitives
import Storage
import StorageTesting
import Testing

/// DESIGN section 5: migrations are numbered, forward only, in one transaction each, checksummed.
struct MigrationTests {
    private static let first = Migration(
        version: 1, name: "first",
        statements: ["CREATE TABLE steps (id BIGINT PRIMARY KEY, number BIGINT)", "INSERT INTO steps VALUES (1, 1)"])
    private static let second = Migration(version: 2, name: "second", statements: ["INSERT INTO steps SELECT MAX(id) + 1, 2 FROM steps"])
    private static let third = Migration(version: 3, name: "third", statements: ["INSERT INTO steps SELECT MAX(id) + 1, 3 FROM steps"])

    private static func schema(_ migrations: Migration...) -> [Schema] {
        [Schema(component: "stairs", migrations: migrations)]
    }

    private static func expect(_ expected: [Int64], in database: Database) async throws {
        let steps = try await database.read { try $0.query("SELECT number FROM steps ORDER BY id") { try $0.integer(0) } }
        #expect(steps == expected)
    }

    @Test(arguments: TestEngine.available) func stepsAreAppliedOnceAndInOrder(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first)) { try await Self.expect([1], in: $0) }
            for _ in 0..<2 {
                try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second, Self.third)) { database in
                    try await Self.expect([1, 2, 3], in: database)
                }
            }
        }
    }

    @Test(arguments: TestEngine.available) func whatWasAppliedIsWrittenDown(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, schemas: Self.schema(Self.first, Self.second), clock: clock) { database in
            let entries = try await database.read { reader in
                try reader.query("SELECT component, version, name, applied_at FROM schema_versions ORDER BY component, version") { row in
                    "\(try row.text(0)) \(try row.integer(1)) \(try row.text(2)) \(try row.integer(3) == clock.now.microseconds)"
                }
            }
            #expect(
                entries == [
                    "stairs 1 first true", "stairs 2 second true", "storage 1 event log true", "storage 2 how many events are kept true",
                ])
        }
    }

    @Test(arguments: TestEngine.available) func aChangedStepIsRefused(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second))
            var changed = Self.first
            changed.statements[1] += " "
            let expected = DatabaseError.checksumMismatch(component: "stairs", version: 1)
            await #expect(throws: expected) {
                try await TestDatabase.open(configuration, schemas: Self.schema(changed, Self.second, Self.third))
            }
            #expect(
                expected.description
                    == "Migration 1 of stairs is not the one that was applied to this database; the program or the database has been changed."
            )
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second)) { database in
                try await Self.expect([1, 2], in: database)
            }
        }
    }

    /// "a database newer than the program is refused with a sentence that says what to do".
    @Test(arguments: TestEngine.available) func aDatabaseOfANewerVersionIsRefused(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second))
            let expected = DatabaseError.newerSchema(component: "stairs", found: 2, known: 1)
            await #expect(throws: expected) { try await TestDatabase.open(configuration, schemas: Self.schema(Self.first)) }
            #expect(
                expected.description
                    == "The database was written by a newer Roost (stairs schema 2, this one knows 1). "
                    + "Start that newer version, or restore a backup made before the update.")
        }
    }

    @Test(arguments: TestEngine.available) func aDatabaseWithAPartThatIsNotKnownYetIsRefused(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second))
            await #expect(throws: DatabaseError.newerSchema(component: "stairs", found: 2, known: 0)) {
                try await TestDatabase.open(configuration, schemas: [TestDatabase.schema])
            }
        }
    }

    /// The step that fails leaves nothing behind; those before it stay.
    @Test(arguments: TestEngine.available) func aFailingStepIsTakenBackWhole(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            let broken = Migration(
                version: 3, name: "third",
                statements: ["CREATE TABLE landing (id BIGINT PRIMARY KEY)", "DELETE FROM steps", "INSERT INTO dodos VALUES (1)"])
            let failure = await #expect(throws: DatabaseError.self) {
                try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second, broken))
            }
            guard case .statement(_, let reason) = failure else {
                Issue.record("a refused statement, not \(String(describing: failure))")
                return
            }
            #expect(reason.contains("dodos"))
            let repaired = Migration(version: 3, name: "third", statements: ["CREATE TABLE landing (id BIGINT PRIMARY KEY)"])
            try await TestDatabase.open(configuration, schemas: Self.schema(Self.first, Self.second, repaired)) { database in
                try await Self.expect([1, 2], in: database)
            }
        }
    }

    /// Several nodes may be started at once on a new PostgreSQL: one migrates, the others wait for it.
    @Test(.enabled(if: TestEngine.hasPostgreSQL)) func programsThatStartTogetherMigrateOnce() async throws {
        try await TestEngine.postgresql.withDatabase { configuration in
            var slow = Self.first
            slow.statements.append("SELECT pg_sleep(0.2)")
            let schemas = Self.schema(slow, Self.second, Self.third)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for node in 0..<4 {
                    tasks.addTask {
                        try await TestDatabase.open(configuration, schemas: schemas, node: node) { database in
                            try await Self.expect([1, 2, 3], in: database)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }
}
