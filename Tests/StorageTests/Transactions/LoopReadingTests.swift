import Primitives
import Reactor
import StorageTesting
import Testing

@testable import Storage

/// On a loop the reads of one tick share a transaction, and nobody can tell.
struct LoopReadingTests {
    private static func count(_ database: Database) async throws -> Int64 {
        try await database.read { reader in try reader.first("SELECT COUNT(*) FROM birds") { try $0.integer(0) } ?? -1 }
    }

    /// Runs `body` as a task of the loop that reads.
    private static func onLoop<Value: Sendable>(_ body: @escaping @Sendable (EventLoop) async throws -> Value) async throws -> Value {
        let loop = TestDatabase.loops.loops[0]
        return try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                loop.start {
                    do { continuation.resume(returning: try await body(loop)) } catch { continuation.resume(throwing: error) }
                }
            }
        }
    }

    /// While other tasks of the loop keep a transaction open in nearly every tick.
    @Test(arguments: TestEngine.available) func everythingAcknowledgedIsSeenOnTheLoop(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller: Int64 in 0..<8 {
                    tasks.addTask {
                        try await Self.onLoop { _ in
                            for number: Int64 in 0..<100 {
                                _ = try await Self.count(database)
                                let isSeen = try await database.insertsAndSeesBird(caller * 1_000 + number)
                                #expect(isSeen)
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    /// The loop is held until the commit has been answered, so that both reads belong to one tick.
    @Test(arguments: TestEngine.available) func aCommitThatIsAnsweredInTheMiddleOfATickIsSeenInIt(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let counts = try await Self.onLoop { _ in
                let first = try await Self.count(database)
                let answered = Semaphore()
                Task.detached {
                    defer { answered.signal() }
                    try await database.transaction { try $0.insertBird(1, "kea") }
                }
                answered.wait()
                return [first, try await Self.count(database)]
            }
            #expect(counts == [0, 1])
        }
    }

    /// What another process commits meanwhile shows that it is one transaction, and that it ends with the tick.
    @Test func theReadsOfOneTickShareATransaction() async throws {
        try await TestEngine.sqlite.withDatabase { configuration in
            guard case .sqlite(let path) = configuration else { return }
            try await TestDatabase.open(configuration) { database in
                let counts = try await Self.onLoop { loop in
                    let first = try await Self.count(database)
                    let stranger = try SQLiteConnection(path: path, role: .writer)
                    defer { stranger.close() }
                    try stranger.beginWriting()
                    try stranger.execute("INSERT INTO birds (id, name) VALUES (1, 'kea')")
                    try stranger.commit()
                    let second = try await Self.count(database)
                    await loop.sleep(for: .zero)
                    return [first, second, try await Self.count(database)]
                }
                #expect(counts == [0, 0, 1])
            }
        }
    }

    @Test(arguments: TestEngine.available) func aReadThatFailsLeavesTheNextOnesAlone(_ engine: TestEngine) async throws {
        struct Refused: Error {}
        try await TestDatabase.run(on: engine) { database in
            let counts = try await Self.onLoop { loop in
                let first = try await Self.count(database)
                await #expect(throws: Refused.self) { try await database.read { _ in throw Refused() } }
                await #expect(throws: DatabaseError.self) { try await database.read { try $0.run("SELECT * FROM nowhere", []) { _ in } } }
                let second = try await Self.count(database)
                await loop.sleep(for: .zero)
                return [first, second, try await Self.count(database)]
            }
            #expect(counts == [0, 0, 0])
        }
    }

    @Test func aClosedDatabaseIsNotReadOnTheLoopEither() async throws {
        try await TestEngine.sqlite.withDatabase { configuration in
            let database = try await Database.open(configuration, schemas: [TestDatabase.schema], loops: TestDatabase.loops) { .now() }
            #expect(try await Self.onLoop { _ in try await Self.count(database) } == 0)
            await database.close()
            await #expect(throws: DatabaseError.closed) { try await Self.onLoop { _ in try await Self.count(database) } }
        }
    }
}
