import Primitives
import StorageTesting
import Testing

@testable import Storage

/// A commit whose answer is lost may be on disk or not: those who wait are told what it is.
struct LostAnswerTests {
    /// A connection that breaks at its first commit, before or after the commit is done.
    private final class BreakingConnection: SQLConnection {
        private let base: SQLiteConnection
        private let commits: Bool
        private let isElsewhere: Bool
        private var hasBroken = false

        init(path: String, commits: Bool, isElsewhere: Bool) throws {
            self.isElsewhere = isElsewhere
            base = try SQLiteConnection(path: path, role: .writer)
            self.commits = commits
        }

        func execute(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
            guard sql.description == "COMMIT", !hasBroken else { return try base.execute(sql, parameters, row: row) }
            hasBroken = true
            if commits { _ = try base.execute(sql, parameters, row: row) }
            throw DatabaseError.unavailable(reason: "the line is cut")
        }

        func executeOnce(_ sql: String) throws(DatabaseError) { try base.executeOnce(sql) }
        func beginWriting() throws(DatabaseError) { try base.beginWriting() }
        func beginReading() throws(DatabaseError) { try base.beginReading() }
        func lockSchema() throws(DatabaseError) { base.lockSchema() }
        var commitsElsewhere: Bool { isElsewhere }
        var isInTransaction: Bool { base.isInTransaction }
        func close() { base.close() }
    }

    private final class Heard: Sendable {
        let answers = Mutex<[String]>([])
        let events = Mutex<[Int64]>([])
        func tell(_ answer: String) { answers.withLock { $0.append(answer) } }
    }

    /// Runs one group of two transactions, of which the second fails on its own, and says what everybody hears.
    private static func run(commits: Bool, withEvents: Bool = true, isElsewhere: Bool = true) async throws -> (
        answers: [String], events: [Int64], birds: [String]
    ) {
        let heard = Heard()
        var birds: [String] = []
        try await TestEngine.sqlite.withDatabase { configuration in
            guard case .sqlite(let path) = configuration else { return }
            try await TestDatabase.open(configuration)
            let connections = Mutex(0)
            var session = WriterSession(ids: IDGenerator(node: 0), clock: { Timestamp(seconds: 1_800_000_000) }, commits: CommitCounter()) {
                let isFirst = connections.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst
                    ? try BreakingConnection(path: path, commits: commits, isElsewhere: isElsewhere)
                    : try SQLiteConnection(path: path, role: .writer)
            }
            session.follow(
                EventFollower(after: 0, fill: { events, _ in events }) { events in heard.events.withLock { $0 += events.map(\.subjectID) } }
            )
            session.run([
                WriteJob(
                    run: { tx in
                        try tx.insertBird(1, "kea")
                        if withEvents { tx.append(.sample(7)) }
                        return { heard.tell("done") }
                    }, fail: { heard.tell("failed: \($0)") }),
                WriteJob(run: { _ in throw Refusal(number: 2) }, fail: { heard.tell("refused: \($0 is Refusal)") }),
            ])
            session.close()
            try await TestDatabase.open(configuration) { birds = try await $0.birds() }
        }
        return (heard.answers.withLock { $0 }, heard.events.withLock { $0 }, birds)
    }

    @Test func whatIsOnDiskIsAcknowledgedAndTold() async throws {
        let (answers, events, birds) = try await Self.run(commits: true)
        #expect(answers == ["done", "refused: true"] && events == [7] && birds == ["kea"])
    }

    @Test func whatIsNotOnDiskHasFailed() async throws {
        let (answers, events, birds) = try await Self.run(commits: false)
        #expect(answers.count == 2 && answers.allSatisfy { $0.contains("the line is cut") || $0 == "refused: false" })
        #expect(events == [] && birds == [])
    }

    /// A file that could not be synchronised may show what is not on disk.
    @Test func aCommitThatFailsHereHasFailed() async throws {
        let (answers, events, _) = try await Self.run(commits: true, isElsewhere: false)
        #expect(answers.first?.contains("the line is cut") == true)
        #expect(events == [])
    }

    /// Without an event there is nothing to know it by: better to say no and have it than to say yes and not.
    @Test func whatCannotBeRecognisedCountsAsLost() async throws {
        let (answers, events, birds) = try await Self.run(commits: true, withEvents: false)
        #expect(answers.first?.contains("the line is cut") == true)
        #expect(events == [] && birds == ["kea"])
    }
}
