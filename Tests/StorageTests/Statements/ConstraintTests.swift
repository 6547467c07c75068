import Storage
import StorageTesting
import Testing

/// Broken rules of a schema are told apart, so that the domain can say what was wrong; the transaction has written nothing then.
struct ConstraintTests {
    private static func failure(
        on engine: TestEngine, _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> DatabaseError? {
        var failure: DatabaseError?
        try await TestDatabase.run(on: engine) { database in
            try await database.transaction { try $0.insertBird(1, "kea") }
            failure = await #expect(throws: DatabaseError.self) {
                try await database.transaction { tx in
                    try tx.insertBird(2, "weka")
                    try body(tx)
                }
            }
            #expect(try await database.birds() == ["kea"])
        }
        return failure
    }

    @Test(arguments: TestEngine.available) func aTakenNameNamesItsColumn(_ engine: TestEngine) async throws {
        let failure = try await Self.failure(on: engine) { try $0.insertBird(3, "kea") }
        guard case .uniqueViolation(let constraint) = failure else {
            Issue.record("a unique violation, not \(String(describing: failure))")
            return
        }
        #expect(constraint.contains("name"))
    }

    @Test(arguments: TestEngine.available) func aTakenIDIsAUniqueViolation(_ engine: TestEngine) async throws {
        guard case .uniqueViolation = try await Self.failure(on: engine, { try $0.insertBird(1, "tui") }) else {
            Issue.record("a unique violation")
            return
        }
    }

    @Test(
        arguments: TestEngine.available,
        [
            { try $0.execute("INSERT INTO birds (id, name) VALUES (3, $1)", [nil]) },
            { try $0.execute("INSERT INTO birds (id, name, weight) VALUES (3, 'tui', -1)") },
            { try $0.execute("INSERT INTO nests (id, bird_id) VALUES (1, 99)") },
        ] as [@Sendable (Transaction) throws -> Int])
    func otherRulesAreConstraintViolations(_ engine: TestEngine, _ statement: @escaping @Sendable (Transaction) throws -> Int) async throws
    {
        guard case .constraintViolation(let reason) = try await Self.failure(on: engine, { _ = try statement($0) }) else {
            Issue.record("a constraint violation")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: TestEngine.available) func aStatementThatIsWrongSaysWhy(_ engine: TestEngine) async throws {
        guard case .statement(_, let reason) = try await Self.failure(on: engine, { try $0.execute("UPDATE dodos SET alive = 1") }) else {
            Issue.record("a refused statement")
            return
        }
        #expect(reason.contains("dodos"))
    }
}
