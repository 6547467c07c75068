import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.6: local logins of people of other servers.
struct CosmosSessionTests {
    /// "12 h, sliding off": using it does not make it longer.
    @Test(arguments: TestEngine.available) func aLoginLastsForTwelveHours(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1"))
            let login = try await world.community.openCosmosSession(for: world.identity("u1"))
            #expect(login.expiresAt == world.clock.now.adding(seconds: 43_200))
            world.clock.advance(seconds: 43_199)
            let session = try #require(await world.community.session(token: login.token, kind: .cosmos))
            #expect(session.account == account && session.isUseDue && session.expiresAt == login.expiresAt)
            try await world.community.noteUse(of: session.id)
            world.clock.advance(seconds: 1)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
        }
    }

    @Test(arguments: TestEngine.available) func aLoginEnds(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1")).id
            let other = try await world.community.admit(world.identity("u2")).id
            let login = try await world.community.openCosmosSession(for: world.identity("u1"))
            try await world.community.endCosmosSession(login.sessionID, of: other)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) != nil)
            try await world.community.endCosmosSession(login.sessionID, of: account)
            try await world.community.endCosmosSession(login.sessionID, of: account)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
        }
    }

    /// 3.4, `gal`: a login is worth no more than the token it was opened with.
    @Test(arguments: TestEngine.available) func aLoginKeepsTheLimitsOfItsToken(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            for (limit, kept) in [(nil, nil), (["g1", "g2"], ["g1", "g2"]), ([], []), (["a b", "", "g1"], ["g1"])]
                as [([String]?, [String]?)]
            {
                let login = try await world.community.openCosmosSession(for: world.identity("u1"), galaxies: limit)
                #expect(try await world.community.session(token: login.token, kind: .cosmos)?.galaxies == kept)
            }
        }
    }

    /// 9.7, `user.sessionsRevoked`: whoever comes late with a token from before has no login, and has used nothing up.
    @Test(arguments: TestEngine.available) func aRevokedTokenOpensNoLogin(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let identity = world.identity("u1")
            try await world.community.revokeTokens(ofCosmosUser: "u1", before: world.clock.now.adding(seconds: 1))
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.openCosmosSession(for: identity) }
            await #expect(throws: CommunityError.busy) {
                try await world.community.openCosmosSession(for: world.identity("u2")) { _ in throw CommunityError.busy }
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// A token is good for what it was made for.
    @Test(arguments: TestEngine.available) func aLoginOfOneApiIsNoneOfAnother(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.community.openCosmosSession(for: world.identity("u1"))
            #expect(try await world.community.session(token: login.token) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(login.token) }
            let local = try await world.register("ada")
            #expect(try await world.community.session(token: local.token, kind: .cosmos) == nil)
        }
    }
}
