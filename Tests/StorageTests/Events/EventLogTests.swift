import Primitives
import Storage
import StorageTesting
import Synchronization
import Testing

/// DESIGN section 6: every change writes its event in the same transaction, and ids rise strictly in the order of commits.
struct EventLogTests {
    private static func subjects(
        of scope: EventScope = .space, _ scopeID: Int64 = 1, after: Int64 = 0, upTo: Int64 = .max, limit: Int = 1_000, in database: Database
    ) async throws -> [Int64] {
        try await database.read { reader in
            try EventLog.events(of: scope, scopeID, after: after, upTo: upTo, limit: limit, in: reader).map(\.subjectID)
        }
    }

    @Test(arguments: TestEngine.available) func anEventIsWhatWasAppended(_ engine: TestEngine) async throws {
        let clock = ManualClock()
        try await TestDatabase.run(on: engine, clock: clock) { database in
            let published = PublishedEvents(of: database)
            try await database.transaction { tx in
                tx.append(EventDraft(scope: .account, scopeID: .max, kind: -1, subjectID: .min, data: "鷦鷯", live: "the whole bird"))
            }
            let stored = try await database.read { try EventLog.events(of: .account, .max, after: 0, upTo: .max, limit: 9, in: $0) }
            let live = published.events
            for event in [stored.first, live.first] {
                #expect(event?.kind == -1 && event?.subjectID == .min && event?.data == "鷦鷯" && event?.createdAt == clock.now)
            }
            #expect(stored.count == 1 && live.count == 1 && stored.first?.id == live.first?.id)
            #expect(live.first?.live as? String == "the whole bird" && stored.first?.live == nil)
        }
    }

    @Test(arguments: TestEngine.available) func anEventIsTakenBackWithItsTransaction(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            await #expect(throws: Refusal(number: 1)) {
                try await database.transaction { tx in
                    tx.append(.sample(1))
                    throw Refusal(number: 1)
                }
            }
            let subjects = try await Self.subjects(in: database)
            #expect(subjects == [])
            #expect(published.counts == [])
            #expect(try await database.read { try EventLog.position($0).latest } == 0)
        }
    }

    /// Whoever has been answered can be sure that the sockets have been told, in the order of the log.
    @Test(arguments: TestEngine.available) func eventsArePublishedInOrderBeforeTheAnswer(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            await withTaskGroup { tasks in
                for number in 0..<200 {
                    tasks.addTask {
                        _ = try? await database.transaction { tx in
                            // Other ids are made in between, as the domain does.
                            _ = tx.nextID()
                            tx.append(.sample(number))
                            if number % 5 == 0 { throw Refusal(number: number) }
                        }
                        #expect(published.subjects.contains(Int64(number)) == (number % 5 != 0))
                    }
                }
            }
            let events = published.events
            #expect(events.count == 160 && zip(events, events.dropFirst()).allSatisfy { $0.id < $1.id })
            let stored = try await Self.subjects(in: database)
            let position = try await database.read { try EventLog.position($0) }
            #expect(stored == events.map(\.subjectID) && position.latest >= events.last?.id ?? .max)
        }
    }

    /// What a reader has seen as the end of the log stays its end: nothing slips in before it later. Two nodes write at once on PostgreSQL.
    @Test(arguments: TestEngine.available) func nothingAppearsBeforeAPositionThatWasRead(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            try await TestDatabase.open(configuration, node: 63) { first in
                try await TestDatabase.open(configuration, node: 1) { second in
                    let isDone = Atomic(false)
                    let nodes = engine == .postgresql ? [first, second] : [first]
                    async let seen: [Int64] = {
                        var seen: [Int64] = []
                        while true {
                            let isLast = isDone.load(ordering: .acquiring)
                            let position = seen.last ?? 0
                            seen += try await second.scan { reader in
                                try EventLog.events(of: .space, 1, after: position, upTo: .max, limit: 1_000, in: reader).map(\.id)
                            }
                            if isLast { return seen }
                        }
                    }()
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for node in nodes {
                            for caller in 0..<4 {
                                tasks.addTask {
                                    for number in 0..<50 { try await node.transaction { $0.append(.sample(caller * 50 + number)) } }
                                }
                            }
                        }
                        try await tasks.waitForAll()
                    }
                    isDone.store(true, ordering: .releasing)
                    let all = try await first.read {
                        try EventLog.events(of: .space, 1, after: 0, upTo: .max, limit: 1_000, in: $0).map(\.id)
                    }
                    #expect(all.count == nodes.count * 200)
                    #expect(try await seen == all)
                }
            }
        }
    }

    @Test(arguments: TestEngine.available) func aScopeIsReadAfterAPositionAPageAtATime(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            for number in 0..<30 {
                try await database.transaction { tx in
                    tx.append(.sample(number, scope: number % 3 == 0 ? .channel : .space, number % 3 == 1 ? 1 : 2))
                }
            }
            #expect(try await Self.subjects(of: .account, in: database) == [])
            #expect(try await Self.subjects(of: .channel, 2, in: database) == Array(stride(from: 0, to: 30, by: 3)))
            #expect(try await Self.subjects(of: .space, 2, in: database) == Array(stride(from: 2, to: 30, by: 3)))
            let all = try await database.read { try EventLog.events(of: .space, 1, after: 0, upTo: .max, limit: 1_000, in: $0) }
            #expect(all.map(\.subjectID) == Array(stride(from: 1, to: 30, by: 3)))

            var pages: [[Int64]] = []
            var position: Int64 = 0
            while pages.count < 10 {
                let after = position
                let page = try await database.read { try EventLog.events(of: .space, 1, after: after, upTo: .max, limit: 4, in: $0) }
                guard let last = page.last else { break }
                pages.append(page.map(\.subjectID))
                position = last.id
            }
            #expect(pages == [[1, 4, 7, 10], [13, 16, 19, 22], [25, 28]])
            // The end belongs to the page, the beginning does not.
            #expect(try await Self.subjects(after: all[2].id, upTo: all[4].id, in: database) == all[3...4].map(\.subjectID))
        }
    }

    /// The same for ids that no event tells of.
    @Test(arguments: TestEngine.available) func idsWithoutEventsAreNotGivenOutAgain(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            let clock = ManualClock()
            var ids: [Int64] = []
            for _ in 0..<4 {
                try await TestDatabase.open(configuration, clock: clock) { database in
                    ids.append(try await database.transaction { $0.nextID() })
                }
                clock.advance(seconds: -3_600)
            }
            #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    /// Neither a restart nor a clock that steps back makes an id smaller than one that was given out.
    @Test(arguments: TestEngine.available) func idsGoOnRisingAfterARestartWithAClockThatIsBehind(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            let clock = ManualClock()
            var ids: [Int64] = []
            for number in 0..<4 {
                try await TestDatabase.open(configuration, clock: clock) { database in
                    let id = try await database.transaction { tx in
                        tx.append(.sample(number))
                        return tx.nextID()
                    }
                    ids += [id, try await database.read { try EventLog.position($0).latest }]
                }
                clock.advance(seconds: -3_600)
            }
            #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
            try await TestDatabase.open(configuration, clock: clock) { database in
                let subjects = try await Self.subjects(in: database)
                #expect(subjects == [0, 1, 2, 3])
            }
        }
    }
}
