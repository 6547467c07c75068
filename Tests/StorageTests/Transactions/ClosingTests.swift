import Primitives
import Reactor
import Storage
import StorageTesting
import Testing

/// `Database.close`: whoever waits is answered, whoever comes later is told.
struct ClosingTests {
    @Test(arguments: TestEngine.available) func everyTransactionThatWaitsIsAnswered(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration) { database in
                let (isHeld, release) = (Semaphore(), Semaphore())
                let holder = Task.immediate {
                    try await database.transaction { _ in
                        isHeld.signal()
                        release.wait()
                    }
                }
                isHeld.wait()
                let callers = (0..<1_000).map { number in
                    Task.immediate { try await database.transaction { try $0.insertBird(Int64(number), "bird \(number)") } }
                }
                let closing = Task { await database.close() }
                release.signal()
                await closing.value
                try await holder.value
                for caller in callers { try await caller.value }
            }
            try await TestDatabase.open(configuration) { database in
                let birds = try await database.birds()
                #expect(birds.count == 1_000)
            }
        }
    }

    @Test(arguments: TestEngine.available) func aClosedDatabaseSaysSo(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            try await database.expectBirds([])
            await database.close()
            await database.close()
            await #expect(throws: DatabaseError.closed) { try await database.transaction { _ in } }
            await #expect(throws: DatabaseError.closed) { try await database.read { _ in } }
            await #expect(throws: DatabaseError.closed) { try await database.scan { _ in } }
            await #expect(throws: DatabaseError.closed) { try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 1) }
        }
    }

    @Test(arguments: TestEngine.available) func aReadThatIsRunningIsFinished(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let (isReading, release) = (Semaphore(), Semaphore())
            let reading = Task.immediate {
                try await database.scan { reader in
                    isReading.signal()
                    release.wait()
                    return try reader.first("SELECT COUNT(*) FROM birds") { try $0.integer(0) }
                }
            }
            isReading.wait()
            let closing = Task { await database.close() }
            release.signal()
            let count = try await reading.value
            #expect(count == 0)
            await closing.value
        }
    }

    /// One that is full says so and loses nobody: "Bounded by design".
    @Test func aFullQueueRefusesOneMore() async throws {
        try await TestDatabase.run(on: .sqlite) { database in
            let limit = 65_536
            let results = try await database.together(limit + 1) { _, _ in }
            #expect(results.dropLast().allSatisfy { $0.failure == nil })
            #expect(results.last?.failure as? DatabaseError == .queueFull(limit: limit))
            try await database.transaction { _ in }
        }
    }
}
