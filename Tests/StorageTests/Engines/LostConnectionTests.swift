import Storage
import StorageTesting
import TestSupport
import Testing

/// A PostgreSQL that goes away and comes back: whoever waits is told, what was acknowledged stays, and the server need not be restarted.
@Suite(.enabled(if: TestEngine.hasPostgreSQL)) struct LostConnectionTests {
    private static func process(_ reader: any SQLReader) throws -> Int64 {
        try reader.first("SELECT CAST(pg_backend_pid() AS BIGINT)") { try $0.integer(0) } ?? 0
    }

    private static func run(_ body: (Database, PostgresServer) async throws -> Void) async throws {
        try await TestEngine.postgresql.withDatabase { configuration in
            guard case .postgresql(let url) = configuration else { return }
            try await TestDatabase.open(configuration) { try await body($0, PostgresServer(url: url)) }
        }
    }

    private static func expectUnavailable(_ body: () async throws -> Void) async {
        let failure = await #expect(throws: DatabaseError.self) { try await body() }
        guard case .unavailable = failure else {
            Issue.record("unavailable, not \(String(describing: failure))")
            return
        }
    }

    /// Nothing has been written yet when a transaction cannot begin: nobody need hear of it.
    @Test func aWriterThatHasLostItsConnectionMeanwhileConnectsAnew() async throws {
        try await Self.run { database, server in
            let process = try await database.transaction { try Self.process($0) }
            try server.terminate([process])
            try await database.transaction { try $0.insertBird(1, "kea") }
            #expect(try await database.birds() == ["kea"])
            #expect(try await database.transaction { try Self.process($0) } != process)
        }
    }

    /// The commit is shared, and so is its failure.
    @Test func aConnectionLostWithinAGroupIsToldToAllOfIt() async throws {
        try await Self.run { database, _ in
            let published = PublishedEvents(of: database)
            let results = try await database.together(9) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                tx.append(.sample(number))
                if number == 4 { try tx.run("SELECT pg_terminate_backend(pg_backend_pid())", []) { _ in } }
            }
            for result in results {
                guard case .unavailable = result.failure as? DatabaseError else {
                    Issue.record("unavailable, not \(result)")
                    return
                }
            }
            #expect(try await database.birds() == [] && published.counts == [])
            try await database.transaction { $0.append(.sample(1)) }
            #expect(published.counts == [1])
        }
    }

    /// What ended one reader has most likely ended them all: they are dropped together, and nobody hears of it.
    @Test func readersThatHaveLostTheirConnectionsMeanwhileConnectAnew() async throws {
        try await Self.run { database, server in
            let everybodyReads = Barrier(count: 4)
            let processes = try await withThrowingTaskGroup(of: Int64.self) { tasks in
                for _ in 0..<4 {
                    tasks.addTask {
                        try await database.read { reader in
                            everybodyReads.arrive()
                            return try Self.process(reader)
                        }
                    }
                }
                return try await tasks.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(processes.count == 4)
            try server.terminate(Array(processes))
            for _ in 0..<4 { #expect(try await database.birds() == []) }
        }
    }

    @Test func noAcknowledgedWriteIsLost() async throws {
        try await Self.run { database, server in
            let acknowledged = try await withThrowingTaskGroup(of: [String].self) { tasks in
                for caller: Int64 in 0..<4 {
                    tasks.addTask {
                        var acknowledged: [String] = []
                        for number: Int64 in 0..<100 {
                            let name = "bird \(caller) \(number)"
                            let process = try? await database.transaction { tx in
                                try tx.insertBird(caller * 1_000 + number, name)
                                let process = try Self.process(tx)
                                // In the middle of a transaction, which is lost then, and with it the others of its group.
                                if caller == 0, number % 20 == 10 { try server.terminate([process]) }
                                return process
                            }
                            guard let process else { continue }
                            acknowledged.append(name)
                            // At any moment of what the others are doing.
                            if caller == 0, number % 20 == 0 { try server.terminate([process]) }
                        }
                        return acknowledged
                    }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(acknowledged).isSubset(of: try await database.birds()))
            #expect(acknowledged.count < 400, "no connection was lost while anybody wrote")
            #expect(acknowledged.count > 200, "the writer did not come back")
        }
    }

    /// The password in the URL is not for the log.
    @Test func aServerThatIsNotThereIsToldWithoutItsPassword() async throws {
        let failure = await #expect(throws: DatabaseError.self) {
            try await TestDatabase.open(.postgresql(url: "postgresql://roost:s3cret@127.0.0.1:1/roost"))
        }
        guard case .unavailable(let reason) = failure else {
            Issue.record("unavailable, not \(String(describing: failure))")
            return
        }
        #expect(reason.contains("127.0.0.1") && !reason.contains("s3cret") && !reason.contains("\n"))
    }
}
