import Reactor
import Storage
import StorageTesting
import Testing

/// Readers see what has been committed, all of it, and nothing else.
struct ReadingTests {
    private static func count(_ reader: any SQLReader) throws -> Int64 {
        try reader.first("SELECT COUNT(*) FROM birds") { try $0.integer(0) } ?? -1
    }

    @Test(arguments: TestEngine.available) func whatIsNotCommittedIsNotSeen(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let (hasWritten, release) = (Semaphore(), Semaphore())
            let writing = Task.immediate {
                try await database.transaction { tx in
                    try tx.insertBird(1, "kea")
                    hasWritten.signal()
                    release.wait()
                }
            }
            // A failure must not leave the writer waiting.
            defer { release.signal() }
            hasWritten.wait()
            // Neither seen nor waited for.
            #expect(try await database.read { try Self.count($0) } == 0)
            #expect(try await database.scan { try Self.count($0) } == 0)
            release.signal()
            try await writing.value
            #expect(try await database.read { try Self.count($0) } == 1)
            #expect(try await database.scan { try Self.count($0) } == 1)
        }
    }

    @Test(arguments: TestEngine.available) func everythingAcknowledgedIsSeen(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller: Int64 in 0..<4 {
                    tasks.addTask {
                        for number: Int64 in 0..<50 {
                            let isSeen = try await database.insertsAndSeesBird(caller * 1_000 + number)
                            #expect(isSeen)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test(arguments: TestEngine.available) func aReadSeesOneState(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let (hasRead, release) = (Semaphore(), Semaphore())
            async let counts = database.scan { reader in
                let first = try Self.count(reader)
                hasRead.signal()
                release.wait()
                return [first, try Self.count(reader)]
            }
            defer { release.signal() }
            hasRead.wait()
            try await database.transaction { try $0.insertBird(1, "kea") }
            release.signal()
            #expect(try await counts == [0, 0])
        }
    }

    @Test(arguments: TestEngine.available) func aReaderCannotWrite(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for _ in 0..<3 {
                await #expect(throws: DatabaseError.self) {
                    try await database.read {
                        try $0.query("INSERT INTO birds (id, name) VALUES (1, 'kea') RETURNING id") { try $0.integer(0) }
                    }
                }
                await #expect(throws: DatabaseError.self) {
                    try await database.scan { try $0.query("DELETE FROM birds RETURNING id") { try $0.integer(0) } }
                }
            }
            try await database.expectBirds([])
        }
    }

    @Test(arguments: TestEngine.available) func aReadMayThrowItsOwnErrorAndTheNextGoesOn(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for number in 0..<20 {
                await #expect(throws: Refusal(number: number)) {
                    try await database.read { reader in
                        _ = try Self.count(reader)
                        throw Refusal(number: number)
                    }
                }
                try await database.expectBirds([])
            }
        }
    }

    /// DESIGN section 5: small reads run on the loop's own connection. Reads on loops, elsewhere and many at a time see the same.
    @Test(arguments: TestEngine.available) func readsRunFromLoopsAndFromElsewhere(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            try await database.transaction { try $0.insertBird(1, "kea") }
            let isOnLoop = engine == .sqlite
            let loop = TestDatabase.loops.loops[0]
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<100 {
                    tasks.addTask(executorPreference: number % 2 == 0 ? loop : nil) {
                        let (count, loopIndex) = try await database.read { (try Self.count($0), EventLoop.current?.index) }
                        #expect(count == 1)
                        #expect(loopIndex == (isOnLoop && number % 2 == 0 ? 0 : nil))
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }
}
