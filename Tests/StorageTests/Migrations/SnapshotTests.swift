import Storage
import StorageTesting
import Testing

/// DESIGN section 5: "before the first one of a new version SQLite is snapshotted".
struct SnapshotTests {
    private static let addition = Migration(version: 2, name: "colours", statements: ["ALTER TABLE birds ADD COLUMN colour TEXT"])

    private static var newer: [Schema] {
        [Schema(component: "aviary", migrations: TestDatabase.schema.migrations + [addition])]
    }

    @Test func aDatabaseInUseIsCopiedBeforeItsSchemaChanges() async throws {
        // A quote in the path must not end the statement that copies.
        try await TestFolder.with { folder in
            let path = "\(folder)/it's.sqlite"
            try await TestDatabase.open(.sqlite(path: path)) { database in
                try await database.transaction { try $0.insertBird(1, "kea") }
            }
            try await TestDatabase.open(.sqlite(path: path))
            #expect(TestFolder.names(in: folder) == ["it's.sqlite"], "nothing changes, nothing is copied")

            try await TestDatabase.open(.sqlite(path: path), schemas: Self.newer) { database in
                _ = try await database.transaction { try $0.execute("UPDATE birds SET colour = 'green'") }
            }
            let copy = "\(path).before-aviary-2"
            #expect(TestFolder.mode(of: copy) == 0o600)
            // The copy serves the version before.
            try await TestDatabase.open(.sqlite(path: copy)) { try await $0.expectBirds(["kea"]) }
            try await TestDatabase.open(.sqlite(path: path), schemas: Self.newer)
        }
    }

    /// Each part of the house counts its own versions.
    @Test func theCopyBeforeAChangeOfAnotherPartStays() async throws {
        try await TestFolder.with { folder in
            let path = "\(folder)/test.sqlite"
            let nests = [
                Schema(component: "nests", migrations: [Migration(version: 1, name: "none", statements: [])]),
                Schema(component: "nests", migrations: [1, 2].map { Migration(version: $0, name: "none", statements: []) }),
            ]
            try await TestDatabase.open(.sqlite(path: path), schemas: [TestDatabase.schema, nests[0]])
            try await TestDatabase.open(.sqlite(path: path), schemas: Self.newer + [nests[0]])
            try await TestDatabase.open(.sqlite(path: path), schemas: Self.newer + [nests[1]])
            #expect(TestFolder.names(in: folder) == ["test.sqlite", "test.sqlite.before-aviary-2", "test.sqlite.before-nests-2"])
        }
    }

    @Test func aNewDatabaseIsNotCopied() async throws {
        try await TestFolder.with { folder in
            try await TestDatabase.open(.sqlite(path: "\(folder)/new.sqlite"), schemas: Self.newer)
            #expect(TestFolder.names(in: folder) == ["new.sqlite"])
        }
    }

    @Test func theCopyOfAnEarlierAttemptGivesWay() async throws {
        try await TestFolder.with { folder in
            let path = "\(folder)/test.sqlite"
            var broken = Self.newer
            broken[0].migrations[1].statements.append("INSERT INTO dodos VALUES (1)")
            for number: Int64 in 1...2 {
                try await TestDatabase.open(.sqlite(path: path)) { database in
                    try await database.transaction { try $0.insertBird(number, "bird \(number)") }
                }
                await #expect(throws: DatabaseError.self) { try await TestDatabase.open(.sqlite(path: path), schemas: broken) }
            }
            try await TestDatabase.open(.sqlite(path: "\(path).before-aviary-2")) { try await $0.expectBirds(["bird 1", "bird 2"]) }
        }
    }
}
