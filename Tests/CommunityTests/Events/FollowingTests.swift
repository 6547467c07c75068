import Primitives
import Security
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Community

/// What another process does to the same database reaches the hub of this one.
struct FollowingTests {
    /// Runs `body` with a world and a second community on its database, as `roost admin` has one.
    private static func beside(_ engine: TestEngine, _ body: (TestWorld, Community) async throws -> Void) async throws {
        try await TestWorld.run(on: engine) { world in
            let other = try await world.openAgain()
            do {
                try await body(world, other.community)
            } catch {
                await other.database.close()
                throw error
            }
            await other.database.close()
        }
    }

    /// Looks until as many events have come as are wanted, for ten seconds at most.
    private static func events(of world: TestWorld, count: Int) async throws -> [Event] {
        for _ in 0..<1_000 where world.events.count < count {
            world.database.lookForEvents()
            try await Task.sleep(for: .milliseconds(10))
        }
        return world.events
    }

    @Test(arguments: TestEngine.available) func foreignEventsAreFoundByLooking(_ engine: TestEngine) async throws {
        try await Self.beside(engine) { world, other in
            let login = try await world.register("ada")
            let (space, general) = try await world.space(by: login.account.id)
            let known = world.events.count
            _ = try await other.createMessage(in: general, by: login.account.id, content: "from elsewhere", nonce: nil)
            try await other.resetPassword(of: "ada", to: "a new password")
            let found = try await Self.events(of: world, count: known + 2).dropFirst(known).map { $0.live as? CommunityEvent }
            guard case .messageCreated(let message, _)? = found.first ?? nil, case .sessionEnded(let account, nil)? = found.last ?? nil
            else {
                Issue.record("\(found)")
                return
            }
            #expect(message.content == "from elsewhere" && message.spaceID == space && account == login.account.id)
        }
    }

    /// The hub refuses what is older than what it has handed out, so the order is everything.
    @Test(arguments: TestEngine.available) func foreignEventsComeBeforeTheNextOwnOne(_ engine: TestEngine) async throws {
        try await Self.beside(engine) { world, other in
            let ada = try await world.account("ada")
            let (_, general) = try await world.space(by: ada)
            let known = world.events.count
            for number in 0..<300 {
                let author = number % 3 == 0 ? world.community : other
                _ = try await author.createMessage(in: general, by: ada, content: "\(number)", nonce: nil)
            }
            _ = try await world.community.createMessage(in: general, by: ada, content: "last", nonce: nil)
            let found = world.events.dropFirst(known)
            #expect(found.count == 301)
            #expect(found.map(\.id) == found.map(\.id).sorted())
            let contents = found.compactMap { event -> String? in
                guard case .messageCreated(let message, _)? = event.live as? CommunityEvent else { return nil }
                return message.content
            }
            #expect(contents == (0..<300).map(String.init) + ["last"])
        }
    }

    /// Two nodes that write at once to the same channels neither stand in each other's way nor make one id.
    @Test(arguments: TestEngine.available) func twoNodesMayWriteAtOnce(_ engine: TestEngine) async throws {
        try await Self.beside(engine) { world, other in
            let ada = try await world.account("ada")
            let (space, general) = try await world.space(by: ada)
            let second = try await world.community.createChannel(in: space, by: ada, name: "second", topic: nil, position: nil).id
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<16 {
                    tasks.addTask {
                        let node = number.isMultiple(of: 2) ? world.community : other
                        for message in 0..<10 {
                            let channel = (message + number / 2).isMultiple(of: 2) ? general : second
                            _ = try await node.createMessage(in: channel, by: ada, content: "\(number) \(message)", nonce: nil)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let ids = try await world.database.read { try $0.query("SELECT id FROM messages ORDER BY id", []) { try $0.integer(0) } }
            #expect(ids.count == 160 && Set(ids).count == 160)
            _ = try await Self.events(of: world, count: world.events.count + 1)
            let told = world.events.map(\.id)
            #expect(told == told.sorted() && Set(told).count == told.count)
        }
    }

    /// A place in a server is shown to its new member whole, as if it had happened here.
    @Test(arguments: TestEngine.available) func aForeignJoiningCarriesTheSpace(_ engine: TestEngine) async throws {
        try await Self.beside(engine) { world, other in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let (space, _) = try await world.space(by: ada)
            let invite = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0)
            let known = world.events.count
            _ = try await other.acceptInvite(invite.code, by: eve)
            let found = try await Self.events(of: world, count: known + 1).last?.live as? CommunityEvent
            guard case .memberAdded(let member, let count, let detail)? = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            #expect(member.account.id == eve && count == 2)
            #expect(detail.channels.map(\.name) == ["general"] && detail.members.count == 2)
        }
    }
}
