import Primitives
import Storage
import StorageTesting
import Testing

@testable import Community

/// DESIGN section 5: a page costs the same at any place of a history of any length, whichever kinds are wanted.
struct HomeMessagePlanTests {
    /// Notes the statements that are asked for and finds nothing.
    private final class StatementRecorder: SQLReader {
        private(set) var statements: [String] = []

        func run(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws {
            statements.append(sql.description)
        }
    }

    /// "a page with texts goes along the messages of the channel, one without along an index of the others".
    @Test(arguments: TestEngine.available) func pagesGoAlongTheirIndex(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let room = try await world.community.createHomeChannel(by: ada, name: "perch", isPublic: true).channel
            // Enough that a plan which reads all of it is never the cheapest.
            try await world.write(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000)
                INSERT INTO accounts (id, username, username_key, status, is_administrator, created_at, updated_at)
                SELECT n, 'person ' || n, 'person ' || n, 0, 0, 0, 0 FROM numbers
                """)
            try await world.write(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 40000)
                INSERT INTO messages (channel_id, id, author_id, kind, content, created_at)
                SELECT n % 8, n, n % 2000 + 1, CASE WHEN n % 20 = 0 THEN 2 ELSE 0 END, 'some words that somebody has said', 0 FROM numbers
                """)
            let recorder = StatementRecorder()
            _ = try recorder.messages(in: room, before: .max, limit: 50, kinds: Set(MessageKind.allCases))
            _ = try recorder.messages(in: room, before: .max, limit: 50, kinds: [.text])
            _ = try recorder.texts(in: room, before: .max, limit: 50)
            _ = try recorder.texts(in: room, after: 0, limit: 50)
            _ = try recorder.messages(in: room, before: .max, limit: 50, kinds: [.channelRename])
            _ = try recorder.messages(in: room, before: .max, limit: 50, kinds: [.channelCreate, .channelRename])
            let (texts, notes) = (recorder.statements.prefix(4), recorder.statements.dropFirst(4))
            for (statements, index) in [
                (texts, engine == .sqlite ? "sqlite_autoindex_messages_1" : "messages_pkey"), (notes, "messages_notes"),
            ] {
                for statement in statements {
                    let plan = try world.configuration.plan(of: statement)
                    #expect(plan.contains(index), "\(statement)\n\(plan)")
                    // The index gives the order: nothing is sorted, and no table is read from its beginning.
                    for word in ["TEMP B-TREE", "\"Sort\"", "SCAN ", "Seq Scan"] { #expect(!plan.contains(word), "\(statement)\n\(plan)") }
                }
            }
        }
    }
}
