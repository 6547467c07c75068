import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.6: local logins of people of other servers.
struct CosmosSessionTests {
    /// "12 h, sliding off": each use lets it go on for as long again.
    @Test(arguments: TestEngine.available) func aLoginGoesOnAsLongAsItIsUsed(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1"))
            let login = try await world.community.openCosmosSession(for: account.id)
            #expect(login.expiresAt == world.clock.now.adding(seconds: 43_200))
            world.clock.advance(seconds: 43_199)
            let session = try #require(await world.community.session(token: login.token, kind: .cosmos))
            #expect(session.account == account && session.isUseDue)
            try await world.community.extendCosmosSession(session.id)
            world.clock.advance(seconds: 43_199)
            #expect(try await world.community.session(token: login.token, kind: .cosmos)?.expiresAt == world.clock.now.adding(seconds: 1))
            world.clock.advance(seconds: 1)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
        }
    }

    @Test(arguments: TestEngine.available) func aLoginEnds(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1")).id
            let other = try await world.community.admit(world.identity("u2")).id
            let login = try await world.community.openCosmosSession(for: account)
            try await world.community.endCosmosSession(login.sessionID, of: other)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) != nil)
            try await world.community.endCosmosSession(login.sessionID, of: account)
            try await world.community.endCosmosSession(login.sessionID, of: account)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
            // One that has ended is not brought back by a use that was on its way.
            try await world.community.extendCosmosSession(login.sessionID)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
        }
    }

    /// A token is good for what it was made for.
    @Test(arguments: TestEngine.available) func aLoginOfOneApiIsNoneOfAnother(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1")).id
            let login = try await world.community.openCosmosSession(for: account)
            #expect(try await world.community.session(token: login.token) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(login.token) }
            let local = try await world.register("ada")
            #expect(try await world.community.session(token: local.token, kind: .cosmos) == nil)
        }
    }
}
