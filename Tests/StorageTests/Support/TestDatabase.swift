import Reactor
import Storage
import StorageTesting
import Testing

/// Databases with tables that show one rule each.
enum TestDatabase {
    static let loops = EventLoopGroup(count: 1)

    /// Birds have unique names, nests belong to a bird, and nothing weighs less than nothing.
    static let schema = Schema(
        component: "aviary",
        migrations: [
            Migration(
                version: 1, name: "birds and nests",
                statements: [
                    """
                    CREATE TABLE birds (
                        id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, weight BIGINT CHECK (weight >= 0), song BLOB, note TEXT)
                    """,
                    "CREATE TABLE nests (id BIGINT PRIMARY KEY, bird_id BIGINT NOT NULL REFERENCES birds (id) ON DELETE CASCADE)",
                ])
        ])

    /// Runs `body` with an open database that is gone afterwards.
    static func run(
        on engine: TestEngine, schemas: [Schema] = [schema], clock: ManualClock = ManualClock(), _ body: (Database) async throws -> Void
    ) async throws {
        try await engine.withDatabase { try await open($0, schemas: schemas, clock: clock, body) }
    }

    /// Runs `body` with a database of that configuration, which is closed afterwards.
    static func open(
        _ configuration: DatabaseConfiguration, schemas: [Schema] = [schema], node: Int = 0, clock: ManualClock = ManualClock(),
        _ body: (Database) async throws -> Void = { _ in }
    ) async throws {
        let database = try await Database.open(configuration, schemas: schemas, loops: loops, node: node) { clock.now }
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

extension Database {
    /// Whether a bird is seen by the read that follows its commit.
    func insertsAndSeesBird(_ id: Int64) async throws -> Bool {
        try await transaction { try $0.insertBird(id, "bird \(id)") }
        return try await read { try $0.first("SELECT 1 FROM birds WHERE id = $1", [.integer(id)]) { _ in true } } ?? false
    }

    /// Runs transactions that certainly share one group: the writer is held until all of them wait.
    ///
    /// - Parameter cancelled: the callers that are cancelled while they wait.
    func together<Value: Sendable>(
        _ count: Int, cancelled: Set<Int> = [], _ body: @escaping @Sendable (Int, Transaction) throws -> Value
    ) async throws -> [Result<Value, any Error>] {
        let (isHeld, release) = (Semaphore(), Semaphore())
        let holder = Task.immediate {
            try await transaction { _ in
                isHeld.signal()
                release.wait()
            }
        }
        isHeld.wait()
        // An immediate task runs until it waits for its answer: after that its transaction is in the queue.
        let callers = (0..<count).map { number in
            Task.immediate { try await transaction { try body(number, $0) } }
        }
        for number in cancelled { callers[number].cancel() }
        release.signal()
        try await holder.value
        var results: [Result<Value, any Error>] = []
        for caller in callers { results.append(await caller.result) }
        return results
    }

    /// The names of all birds, in order.
    func birds() async throws -> [String] {
        try await read { try $0.query("SELECT name FROM birds ORDER BY name") { try $0.text(0) } }
    }
}

extension Database {
    /// Exactly these birds are there.
    func expectBirds(_ names: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let birds = try await birds()
        #expect(birds == names, sourceLocation: sourceLocation)
    }
}

extension Transaction {
    /// Adds a bird.
    func insertBird(_ id: Int64, _ name: String) throws {
        try execute("INSERT INTO birds (id, name) VALUES ($1, $2)", [.integer(id), .text(name)])
    }
}

/// What a caller's own transaction throws.
struct Refusal: Error, Equatable {
    var number: Int
}

extension Result {
    /// The error, nil for a success.
    var failure: (any Error)? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
