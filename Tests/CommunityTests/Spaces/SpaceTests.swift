import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.2.
struct SpaceTests {
    /// "creator = owner; a text channel `general` is made"; event "30 to the creator (with server)".
    @Test(arguments: TestEngine.available) func aNewSpaceHasAnOwnerAndAGeneralChannel(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let detail = try await world.community.createSpace(
                by: ada, name: "  Rookery ", description: "Birds", iconURL: "https://e.org/i")
            #expect(detail.space.name == "Rookery" && detail.space.description == "Birds" && detail.space.iconURL == "https://e.org/i")
            #expect(detail.space.ownerID == ada && detail.space.memberCount == 1 && !detail.space.isHome)
            #expect(detail.channels.map(\.name) == ["general"] && detail.channels.map(\.position) == [0])
            #expect(detail.members.map(\.account.id) == [ada] && detail.members.map(\.role) == [.owner])
            #expect(try await world.community.spaceDetail(detail.space.id, for: ada) == detail)
            guard case .memberAdded(let member, 1, detail)? = world.changes.last, world.changes.count == 1 else {
                Issue.record("one event about the new member")
                return
            }
            #expect(member == detail.members[0] && world.events.map(\.scopeID) == [detail.space.id.rawValue])
        }
    }

    /// "by joining time".
    @Test(arguments: TestEngine.available) func spacesAreListedByJoiningTime(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let old = try await world.space(by: ada, name: "old").id
            world.clock.advance(seconds: 1)
            let own = try await world.space(by: eve, name: "own").id
            world.clock.advance(seconds: 1)
            try await world.join(old, eve, invitedBy: ada)
            #expect(try await world.community.spaces(of: eve).map(\.id) == [own, old])
            #expect(try await world.community.spaces(of: ada).map(\.memberCount) == [2])
        }
    }

    /// Section 2: "100 servers per user"; the home space is not counted.
    @Test(arguments: TestEngine.available) func anAccountHasABoundedNumberOfSpaces(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.administrator("ada"), try await world.account("eve"))
            for number in 0..<100 { _ = try await world.space(by: ada, name: "\(number)") }
            let space = try await world.space(by: eve).id
            let invite = try await world.community.createInvite(space: space, by: eve, maximumAge: 0, maximumUses: 1)
            let before = try await world.rowCounts()
            let refusal = CommunityError.limitReached(name: "spaces per account", limit: 100)
            await #expect(throws: refusal) { try await world.space(by: ada) }
            await #expect(throws: refusal) { try await world.community.acceptInvite(invite.code, by: ada) }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Section 2: "Detail form adds ... members [Member] (first 1000)".
    @Test(arguments: TestEngine.available) func theDetailListsTheFirstThousandMembers(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada).id
            _ = try await world.database.transaction { tx in
                for number in 0..<1_100 {
                    let id = tx.nextID()
                    try tx.execute(
                        """
                        INSERT INTO accounts (id, username, username_key, status, is_administrator, created_at, updated_at)
                        VALUES ($1, $2, $2, 0, 0, 0, 0)
                        """, [.integer(id), .text("person\(number)")])
                    try tx.execute(
                        "INSERT INTO members (space_id, account_id, joined_at) VALUES ($1, $2, 0)",
                        [.integer(space.rawValue), .integer(id)])
                }
            }
            let members = try await world.community.spaceDetail(space, for: ada).members
            #expect(members.count == 1_000 && members.first?.account.id == ada)
            #expect(members.map(\.account.id) == members.map(\.account.id).sorted())
        }
    }

    @Test(arguments: TestEngine.available) func whoDoesNotExistMakesNoSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            await #expect(throws: CommunityError.unknownAccount) { try await world.space(by: AccountID(1)) }
            await #expect(throws: CommunityError.unknownSpace) { try await world.community.spaceDetail(SpaceID(1), for: AccountID(1)) }
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.account(AccountID(1)) }
        }
    }
}
