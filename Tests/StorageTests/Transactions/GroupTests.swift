import Storage
import StorageTesting
import Testing

/// DESIGN section 5, "Writes are grouped": one commit for all that wait, each transaction in a savepoint of its own.
struct GroupTests {
    /// The events of each commit are published together: so commits can be counted.
    @Test(arguments: TestEngine.available) func transactionsThatWaitShareOneCommit(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            let results = try await database.together(100) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                tx.append(.sample(number))
            }
            #expect(results.allSatisfy { $0.failure == nil })
            #expect(published.counts == [100])
            #expect(try await database.birds().count == 100)
        }
    }

    /// However many wait, the first of them does not wait for all.
    @Test(arguments: TestEngine.available) func aGroupIsBounded(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            _ = try await database.together(1_100) { number, tx in tx.append(.sample(number)) }
            #expect(published.counts == [512, 512, 76])
        }
    }

    @Test(arguments: TestEngine.available) func aFailureIsTakenBackAlone(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            let results = try await database.together(6) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                tx.append(.sample(number))
                switch number {
                case 1: throw Refusal(number: number)
                case 3: try tx.insertBird(100, "bird 0")
                case 4: try tx.execute("UPDATE dodos SET alive = 1")
                default: break
                }
            }
            #expect(results[1].failure as? Refusal == Refusal(number: 1))
            guard case .uniqueViolation = results[3].failure as? DatabaseError, case .statement = results[4].failure as? DatabaseError
            else {
                Issue.record("each its own failure, not \(results)")
                return
            }
            #expect([0, 2, 5].allSatisfy { results[$0].failure == nil })
            #expect(try await database.birds() == ["bird 0", "bird 2", "bird 5"])
            #expect(published.subjects == [0, 2, 5])
        }
    }

    @Test(arguments: TestEngine.available) func laterTransactionsOfAGroupSeeEarlierOnes(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let results = try await database.together(20) { number, tx in
                let before = try tx.first("SELECT COUNT(*) FROM birds") { try $0.integer(0) } ?? -1
                try tx.insertBird(Int64(number), "bird \(number)")
                return before
            }
            #expect(try results.map { try $0.get() } == Array(0..<20))
        }
    }

    /// On PostgreSQL nothing goes on after a failed statement; so it is on SQLite.
    @Test(arguments: TestEngine.available) func aFailureThatIsSwallowedStillCounts(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let results = try await database.together(3) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                guard number == 1 else { return }
                try? tx.insertBird(50, "bird 0")
                tx.append(.sample(number))
                // What stands against it stays the reason.
                #expect(throws: DatabaseError.self) { try tx.insertBird(51, "bird 51") }
            }
            guard case .uniqueViolation = results[1].failure as? DatabaseError else {
                Issue.record("the first failure, not \(results[1])")
                return
            }
            #expect(results[0].failure == nil && results[2].failure == nil)
            #expect(try await database.birds() == ["bird 0", "bird 2"])
        }
    }

    @Test(arguments: TestEngine.available) func anEventThatCannotBeKeptHarmsNobodyElse(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let results = try await database.together(3) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                tx.append(.sample(number, data: number == 1 ? "a\0b" : "ab"))
            }
            #expect(results[1].failure as? DatabaseError == .unstorableText)
            #expect(try await database.birds() == ["bird 0", "bird 2"])
        }
    }

    /// A caller that has gone does not take back what others may see already: its transaction is carried out and answered.
    @Test(arguments: TestEngine.available) func aCancelledCallerGetsATrueAnswer(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let results = try await database.together(4, cancelled: [1, 2]) { number, tx in
                try tx.insertBird(Int64(number), "bird \(number)")
                if number == 2 { throw Refusal(number: number) }
            }
            #expect(results[2].failure as? Refusal == Refusal(number: 2))
            #expect([0, 1, 3].allSatisfy { results[$0].failure == nil })
            #expect(try await database.birds() == ["bird 0", "bird 1", "bird 3"])
        }
    }

    @Test(arguments: TestEngine.available) func manyCallersAtOnceAllGetTheirOwnAnswer(_ engine: TestEngine) async throws {
        try await TestDatabase.run(on: engine) { database in
            let published = PublishedEvents(of: database)
            let kept = await withTaskGroup(of: Int?.self) { tasks in
                for number in 0..<400 {
                    tasks.addTask {
                        let answer = try? await database.transaction { tx in
                            try tx.insertBird(Int64(number), "bird \(number)")
                            tx.append(.sample(number))
                            if number % 7 == 0 { throw Refusal(number: number) }
                            return number
                        }
                        #expect(answer == (number % 7 == 0 ? nil : number))
                        return answer
                    }
                }
                return await tasks.reduce(into: Set<Int>()) { kept, number in if let number { kept.insert(number) } }
            }
            let birds = try await database.birds()
            #expect(Set(birds) == Set(kept.map { "bird \($0)" }))
            #expect(kept.count == 342 && published.counts.count < 342)
        }
    }
}
