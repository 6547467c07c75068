import Storage
import StorageTesting
import Testing

/// DESIGN section 5: statements are written once, with `$1` parameters, `RETURNING` and `ON CONFLICT`.
struct StatementTests {
    @Test(arguments: TestEngine.available) func parametersAreFoundByTheirNumber(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let texts = try await database.read { reader in
                try reader.query(
                    "SELECT $2 || $1 || $2, CAST($11 AS TEXT) || $3 || $4 || $5 || $6 || $7 || $8 || $9 || $10",
                    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
                ) { [try $0.text(0), try $0.text(1)] }
            }
            #expect(texts == [["bab", "kcdefghij"]])
        }
    }

    /// A value is never part of a statement, whatever it holds.
    @Test(arguments: TestEngine.available) func aValueIsNeverReadAsSQL(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let name = "'); DROP TABLE nests; --"
            try await database.transaction { try $0.insertBird(1, name) }
            #expect(try await database.birds() == [name])
            #expect(try await database.read { try $0.first("SELECT COUNT(*) FROM nests") { try $0.integer(0) } } == 0)
        }
    }

    @Test(arguments: TestEngine.available, [[], [.integer(1)], [.integer(1), .text("kea"), .null]] as [[SQLValue]])
    func aWrongNumberOfParametersIsRefused(_ engine: TestEngine, _ parameters: [SQLValue]) async throws {
        try await TestDatabase.run(on: engine) { database in
            await #expect(throws: DatabaseError.self) {
                try await database.transaction { try $0.execute("INSERT INTO birds (id, name) VALUES ($1, $2)", parameters) }
            }
            try await database.transaction { try $0.insertBird(1, "kea") }
            #expect(try await database.birds() == ["kea"])
        }
    }

    @Test(arguments: TestEngine.available) func aChangeReturnsItsRows(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let upsert: @Sendable (String) async throws -> [Int64]? = { song in
                try await database.transaction { tx in
                    try tx.first(
                        """
                        INSERT INTO birds (id, name, weight, note) VALUES ($1, 'tui', 1, $2)
                        ON CONFLICT (name) DO UPDATE SET weight = birds.weight + 1, note = excluded.note RETURNING id, weight
                        """, [.integer(tx.nextID()), .text(song)]
                    ) { [try $0.integer(0), try $0.integer(1)] }
                }
            }
            let first = try await upsert("one")
            let second = try await upsert("two")
            #expect(first?.first == second?.first && first?.last == 1 && second?.last == 2)
            let rows = try await database.transaction { tx in
                try tx.insertBird(1, "kea")
                return try tx.query("DELETE FROM birds RETURNING name, note") { [try $0.text(0), try $0.optionalText(1)] }
            }
            #expect(rows.count == 2 && rows.contains(["tui", "two"]) && rows.contains(["kea", nil]))
        }
    }

    /// The count is of the rows of the statement itself, not of what foreign keys change in turn.
    @Test(arguments: TestEngine.available) func changesAreCounted(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let counts = try await database.transaction { tx in
                try tx.insertBird(1, "kea")
                let nests = try tx.execute("INSERT INTO nests (id, bird_id) VALUES (1, 1), (2, 1), (3, 1)")
                return [
                    nests,
                    try tx.execute("INSERT INTO birds (id, name) VALUES (2, 'kea') ON CONFLICT DO NOTHING"),
                    try tx.execute("UPDATE birds SET weight = 5 WHERE id = $1", [2]),
                    try tx.execute("UPDATE nests SET id = id + 10 WHERE id < 3"),
                    try tx.execute("DELETE FROM birds"),
                    try tx.execute("DELETE FROM birds"),
                ]
            }
            #expect(counts == [3, 0, 0, 2, 1, 0])
            #expect(try await database.read { try $0.first("SELECT COUNT(*) FROM nests") { try $0.integer(0) } } == 0)
        }
    }

    @Test(arguments: TestEngine.available) func aStatementMayRunForEachOfItsOwnRows(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            try await database.transaction { tx in for id: Int64 in 1...3 { try tx.insertBird(id, "bird \(id)") } }
            @Sendable func descend(from id: Int64, in reader: any SQLReader) throws -> [Int64] {
                try reader.query("SELECT id FROM birds WHERE id > $1 ORDER BY id", [.integer(id)]) { row in
                    let id = try row.integer(0)
                    return [id] + (try descend(from: id, in: reader))
                }.flatMap { $0 }
            }
            #expect(try await database.read { try descend(from: 0, in: $0) } == [1, 2, 3, 3, 2, 3, 3])
        }
    }

    /// A statement that has failed, or whose rows were not all taken, is as good as new the next time.
    @Test(arguments: TestEngine.available) func preparedStatementsServeAgain(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for round: Int64 in 0..<50 {
                try await database.transaction { try $0.insertBird(round, "bird \(round)") }
                await #expect(throws: DatabaseError.self) { try await database.transaction { try $0.insertBird(round, "twin \(round)") } }
                await #expect(throws: Refusal(number: 1)) {
                    try await database.transaction { tx in
                        try tx.run("SELECT id FROM birds", []) { _ in throw Refusal(number: 1) }
                    }
                }
            }
            #expect(try await database.birds().count == 50)
        }
    }
}
