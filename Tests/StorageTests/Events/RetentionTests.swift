import Primitives
import Storage
import StorageTesting
import Testing

/// DESIGN section 6, retention: by age and by size; "a position that has fallen out answers 'session expired, start anew'".
struct RetentionTests {
    /// Appends ten events, one each hour.
    private static func fill(_ database: Database, _ clock: ManualClock) async throws {
        for number in 0..<10 {
            clock.advance(seconds: 3_600)
            try await database.transaction { $0.append(.sample(number)) }
        }
    }

    private static func remaining(_ database: Database) async throws -> [Event] {
        try await database.read { try EventLog.events(of: .space, 1, after: 0, upTo: .max, limit: 100, in: $0) }
    }

    @Test(arguments: TestEngine.available) func eventsAreForgottenByAge(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            let all = try await Self.remaining(database)
            // Exactly as old as the limit is not older.
            #expect(try await database.pruneEvents(before: all[4].createdAt, keepAtMost: 1_000) == 4)
            #expect(try await Self.remaining(database).map(\.id) == all[4...].map(\.id))
            #expect(try await database.pruneEvents(before: all[4].createdAt, keepAtMost: 1_000) == 0)
        }
    }

    /// Ids know milliseconds; an event that is younger than the limit by less than that stays.
    @Test(arguments: TestEngine.available) func nothingYoungerThanTheLimitIsForgotten(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            clock.advance(microseconds: 500)
            try await database.transaction { $0.append(.sample(0)) }
            let before = Timestamp(microseconds: clock.now.microseconds - 100)
            #expect(try await database.pruneEvents(before: before, keepAtMost: 1_000) == 0)
            #expect(try await database.pruneEvents(before: Timestamp(microseconds: clock.now.microseconds + 1_000), keepAtMost: 1_000) == 1)
        }
    }

    @Test(arguments: TestEngine.available, [0, 1, 9, 10, 11]) func eventsAreForgottenBySize(_ engine: TestEngine, _ limit: Int) async throws
    {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            let all = try await Self.remaining(database)
            #expect(try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: limit) == max(0, 10 - limit))
            #expect(try await Self.remaining(database).map(\.id) == all.suffix(limit).map(\.id))
        }
    }

    /// Their number is kept, not counted: by what is appended, forgotten for its age, and not written after all.
    @Test(arguments: TestEngine.available) func theSizeIsKnownAfterEverythingThatChangesIt(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            let all = try await Self.remaining(database)
            #expect(try await database.pruneEvents(before: all[2].createdAt, keepAtMost: 8, batch: 1) == 2)
            await #expect(throws: CancellationError.self) {
                try await database.transaction { transaction in
                    transaction.append(.sample(10))
                    throw CancellationError()
                }
            }
            #expect(try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 8) == 0)
            try await database.transaction { transaction in
                for number in 10..<13 { transaction.append(.sample(number)) }
            }
            #expect(try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 8) == 3)
            #expect(try await Self.remaining(database).map(\.subjectID) == Array(5..<13))
        }
    }

    @Test(arguments: TestEngine.available) func theEventsOfADatabaseFromBeforeAreCounted(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, clock: clock) { database in
                try await Self.fill(database, clock)
                try await database.transaction { transaction in
                    try transaction.execute("ALTER TABLE event_log DROP COLUMN kept")
                    try transaction.execute("ALTER TABLE event_log DROP COLUMN counted_through")
                    try transaction.execute("DELETE FROM schema_versions WHERE component = 'storage' AND version = 2")
                }
            }
            try await TestDatabase.open(configuration, clock: clock) { database in
                let forgotten = try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 3)
                let remaining = try await Self.remaining(database)
                #expect(forgotten == 7 && remaining.map(\.subjectID) == [7, 8, 9])
            }
        }
    }

    /// A program from before that is not stopped yet moves the position, and counts nothing.
    @Test(arguments: TestEngine.available) func whatAnOlderProgramHasWrittenIsCounted(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            _ = try await database.transaction { transaction in
                try transaction.execute("UPDATE event_log SET counted_through = counted_through - 1, kept = 13")
            }
            try await database.transaction { $0.append(.sample(10)) }
            #expect(try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 9) == 2)
            #expect(try await Self.remaining(database).map(\.subjectID) == Array(2..<11))
            // And is known from then on.
            try await database.transaction { $0.append(.sample(11)) }
            #expect(try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 9) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func batchesForgetTheSameAsOneGo(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            #expect(try await database.pruneEvents(before: clock.now, keepAtMost: 4, batch: 3) == 9)
            #expect(try await Self.remaining(database).map(\.subjectID) == [9])
        }
    }

    /// What may be gone is known, to whoever asks with a position from before, and the end of the log does not move.
    @Test(arguments: TestEngine.available) func aPositionThatHasFallenOutIsKnown(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            try await Self.fill(database, clock)
            let all = try await Self.remaining(database)
            let before = try await database.read { try EventLog.position($0) }
            #expect(before.prunedThrough == 0)
            _ = try await database.pruneEvents(before: Timestamp(seconds: 0), keepAtMost: 3)
            let after = try await database.read { try EventLog.position($0) }
            #expect(after.latest == before.latest && after.prunedThrough == all[6].id)

            _ = try await database.pruneEvents(before: clock.now.adding(seconds: 1), keepAtMost: 0)
            #expect(try await Self.remaining(database).isEmpty)
            try await database.transaction { $0.append(.sample(10)) }
            #expect(try await Self.remaining(database).allSatisfy { $0.id > before.latest })
            #expect(try await database.read { try EventLog.position($0) }.prunedThrough == all[9].id)
        }
    }
}
