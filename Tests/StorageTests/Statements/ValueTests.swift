import Storage
import StorageTesting
import Testing

/// DESIGN section 5: BIGINT, TEXT, BYTEA/BLOB and nothing else; what is written is what is read, on both engines.
struct ValueTests {
    /// Writes a value into a column of its kind and reads it back.
    private static func roundTrip(_ name: String, weight: Int64?, song: [UInt8]?, note: String?, in database: Database) async throws
        -> (name: String, weight: Int64?, song: [UInt8]?, note: String?)?
    {
        _ = try await database.transaction { tx in
            try tx.execute(
                "INSERT INTO birds (id, name, weight, song, note) VALUES ($1, $2, $3, $4, $5)",
                [.integer(tx.nextID()), .text(name), .optional(weight), .optional(song), .optional(note)])
        }
        return try await database.read { reader in
            try reader.first("SELECT name, weight, song, note FROM birds WHERE name = $1", [.text(name)]) { row in
                (try row.text(0), try row.optionalInteger(1), try row.optionalBlob(2), try row.optionalText(3))
            }
        }
    }

    @Test(arguments: TestEngine.available) func integersKeepAllTheirBits(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for value: Int64 in [0, 1, -1, 127, -128, 1 << 32, 1 << 53 + 1, .max, .min] {
                let read = try await database.transaction { tx in
                    try tx.first("SELECT CAST($1 AS BIGINT)", [.integer(value)]) { try $0.integer(0) }
                }
                #expect(read == value)
            }
        }
    }

    @Test(
        arguments: TestEngine.available,
        ["", "kea", "Zaunkönig", "鷦鷯", "🦜🏴‍☠️", "e\u{301}", "it's \"quoted\" \\ $1 ;--", "\u{1}\n\t\u{7F}\u{FEFF}\u{10FFFF}"])
    func textsKeepEveryScalar(_ engine: TestEngine, _ text: String) async throws {
        try await TestDatabase.run(on: engine) { database in
            let read = try await Self.roundTrip(text, weight: nil, song: nil, note: text, in: database)
            // Scalar by scalar: to Swift, composed and decomposed texts are equal.
            #expect(read.map { Array($0.name.unicodeScalars) } == Array(text.unicodeScalars))
            #expect(read?.note.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        }
    }

    @Test(arguments: TestEngine.available) func longTextsAndBytesArrive(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let (text, bytes) = (String(repeating: "鷦", count: 400_000), [UInt8](repeating: 0xA7, count: 1_000_000))
            let read = try await Self.roundTrip("wren", weight: nil, song: bytes, note: text, in: database)
            #expect(read?.note == text && read?.song == bytes)
        }
    }

    @Test(arguments: TestEngine.available) func bytesAreKeptAsTheyAre(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for (number, bytes) in [[], [0], Array(0...255), [0, 0, 1, 0], Array("text\0".utf8)].enumerated()
                as EnumeratedSequence<[[UInt8]]>
            {
                let read = try await Self.roundTrip("bird \(number)", weight: nil, song: bytes, note: nil, in: database)
                #expect(read?.song == bytes)
            }
        }
    }

    /// NULL is neither 0 nor empty.
    @Test(arguments: TestEngine.available) func nothingStaysNothing(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let absent = try await Self.roundTrip("absent", weight: nil, song: nil, note: nil, in: database)
            #expect(absent != nil && absent?.weight == nil && absent?.song == nil && absent?.note == nil)
            let empty = try await Self.roundTrip("empty", weight: 0, song: [], note: "", in: database)
            #expect(empty?.weight == 0 && empty?.song == [] && empty?.note == "")
        }
    }

    /// PostgreSQL cannot keep U+0000 and libpq would cut the text there, so neither engine takes it.
    @Test(arguments: TestEngine.available) func aTextWithNULIsRefusedRatherThanCut(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            await #expect(throws: DatabaseError.unstorableText) {
                try await Self.roundTrip("wr\0en", weight: nil, song: nil, note: nil, in: database)
            }
            await #expect(throws: DatabaseError.unstorableText) {
                try await database.read { try $0.first("SELECT 1 FROM birds WHERE name = $1", ["wr\0en"]) { try $0.integer(0) } }
            }
            try await database.expectBirds([])
        }
    }

    @Test(arguments: TestEngine.available) func aColumnOfAnotherKindIsToldAsSuch(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            // Eight bytes of text look like an integer in PostgreSQL's binary format.
            _ = try await Self.roundTrip("starling", weight: 80, song: Array("song".utf8), note: nil, in: database)
            func expect(_ expected: String, column: Int, _ body: @escaping @Sendable (Row) throws -> Void) async {
                await #expect(throws: DatabaseError.unexpectedColumn(column: column, expected: expected)) {
                    try await database.read { try $0.first("SELECT name, weight, song, note FROM birds", []) { try body($0) } }
                }
            }
            await expect("an integer", column: 0) { _ = try $0.integer(0) }
            await expect("a blob", column: 0) { _ = try $0.blob(0) }
            await expect("a text", column: 1) { _ = try $0.text(1) }
            await expect("a blob", column: 1) { _ = try $0.blob(1) }
            await expect("an integer", column: 2) { _ = try $0.integer(2) }
            await expect("a text", column: 2) { _ = try $0.text(2) }
            await expect("a text", column: 3) { _ = try $0.text(3) }
            await expect("an integer", column: 3) { _ = try $0.bool(3) }
        }
    }
}
