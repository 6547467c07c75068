import Community
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.4, reading.
struct HistoryTests {
    /// A channel with `count` messages whose contents are their numbers, and the ids, oldest first.
    private struct Channel: Sendable {
        let world: TestWorld
        let ada: AccountID
        let id: ChannelID
        var ids: [MessageID] = []

        init(in world: TestWorld, count: Int) async throws {
            self.world = world
            ada = try await world.account("ada")
            id = try await world.space(by: ada).general
            for number in 0..<count { try await post("\(number)") }
        }

        mutating func post(_ content: String) async throws {
            ids.append(try await world.community.createMessage(in: id, by: ada, content: content).0.id)
        }

        func page(_ anchor: HistoryAnchor, _ limit: Int) async throws -> (numbers: [Int], hasMore: Bool) {
            let page = try await world.community.history(id, for: ada, anchor: anchor, limit: limit)
            return (page.items.compactMap { Int($0.content) }, page.hasMore)
        }
    }

    /// "newest first"; has-more is exact at the edge.
    @Test(arguments: TestEngine.available) func theLatestComeFirst(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 5)
            #expect(try await channel.page(.latest, 3) == ([4, 3, 2], true))
            #expect(try await channel.page(.latest, 5) == ([4, 3, 2, 1, 0], false))
            #expect(try await channel.page(.latest, 100) == ([4, 3, 2, 1, 0], false))
        }
    }

    /// "`before` = message id, exclusive".
    @Test(arguments: TestEngine.available) func beforeIsExclusive(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 5)
            #expect(try await channel.page(.before(channel.ids[3]), 2) == ([2, 1], true))
            #expect(try await channel.page(.before(channel.ids[3]), 3) == ([2, 1, 0], false))
            #expect(try await channel.page(.before(channel.ids[0]), 3) == ([], false))
            #expect(try await channel.page(.before(MessageID(.max)), 1) == ([4], true))
        }
    }

    /// "`after` (exclusive, still returned newest first)": the oldest of the newer ones.
    @Test(arguments: TestEngine.available) func afterIsExclusiveAndNewestFirst(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 5)
            #expect(try await channel.page(.after(channel.ids[0]), 2) == ([2, 1], true))
            #expect(try await channel.page(.after(channel.ids[0]), 4) == ([4, 3, 2, 1], false))
            #expect(try await channel.page(.after(channel.ids[4]), 4) == ([], false))
            #expect(try await channel.page(.after(MessageID(0)), 1) == ([0], true))
        }
    }

    @Test(arguments: TestEngine.available) func aroundHoldsTheMessageAndBothSides(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 9)
            #expect(try await channel.page(.around(channel.ids[4]), 1) == ([4], true))
            #expect(try await channel.page(.around(channel.ids[4]), 4) == ([5, 4, 3, 2], true))
            #expect(try await channel.page(.around(channel.ids[4]), 5) == ([6, 5, 4, 3, 2], true))
            // Where one side is short, the other fills the page.
            #expect(try await channel.page(.around(channel.ids[8]), 5) == ([8, 7, 6, 5, 4], true))
            #expect(try await channel.page(.around(channel.ids[0]), 5) == ([4, 3, 2, 1, 0], false))
            #expect(try await channel.page(.around(channel.ids[4]), 100) == ([8, 7, 6, 5, 4, 3, 2, 1, 0], false))
            #expect(try await channel.page(.around(MessageID(.min)), 2) == ([1, 0], false))
        }
    }

    /// "the id need not exist any more: compare by id order".
    @Test(arguments: TestEngine.available) func anAnchorNeedNotExistAnyMore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 5)
            let gone = channel.ids[2]
            _ = try await world.database.transaction { tx in
                try tx.execute("DELETE FROM messages WHERE id = $1", [.integer(gone.rawValue)])
            }
            #expect(try await channel.page(.before(gone), 5) == ([1, 0], false))
            #expect(try await channel.page(.after(gone), 5) == ([4, 3], false))
            #expect(try await channel.page(.around(gone), 3) == ([4, 3, 1], true))
        }
    }

    /// "Paging must be stable while new messages arrive."
    @Test(arguments: TestEngine.available) func pagingIsStableWhileMessagesArrive(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            var channel = try await Channel(in: world, count: 10)
            var seen: [Int] = []
            var anchor = HistoryAnchor.latest
            while true {
                let page = try await world.community.history(channel.id, for: channel.ada, anchor: anchor, limit: 3)
                seen += page.items.compactMap { Int($0.content) }
                try await channel.post("new")
                guard page.hasMore, let oldest = page.items.last else { break }
                anchor = .before(oldest.id)
            }
            #expect(seen == Array((0..<10).reversed()))
        }
    }

    /// ">100 is treated as 100, <1 -> 400".
    @Test(arguments: TestEngine.available) func pagesAreBounded(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 101)
            let page = try await channel.page(.latest, 1_000)
            #expect(page.numbers.count == 100 && page.hasMore)
            for limit in [0, -1, .min] {
                let error = await #expect(throws: CommunityError.self) { try await channel.page(.latest, limit) }
                guard case .invalid(let problems)? = error else { return #expect(Bool(false)) }
                #expect(problems.map(\.name) == ["limit"] && problems.map(\.code) == ["NUMBER_TYPE_MIN"])
            }
        }
    }

    /// 3.5: "A changed username shows in later author objects (old messages too)".
    @Test(arguments: TestEngine.available) func authorsAreShownAsTheyAreNow(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let channel = try await Channel(in: world, count: 1)
            let ada = channel.ada
            _ = try await world.database.transaction { tx in
                try tx.execute("UPDATE accounts SET username = 'lovelace', display_name = 'A. L.' WHERE id = $1", [.integer(ada.rawValue)])
            }
            let author = try await world.community.history(channel.id, for: ada, anchor: .latest, limit: 1).items.first?.author
            #expect(author == Author(id: ada, username: "lovelace", displayName: "A. L."))
        }
    }
}
