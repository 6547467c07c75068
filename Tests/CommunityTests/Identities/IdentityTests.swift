import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.4, and the decisions over it: people of other servers, and the accounts they get here.
struct IdentityTests {
    /// An identity token alone makes no account.
    @Test(arguments: TestEngine.available) func lookingMakesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let rows = try await world.rowCounts()
            #expect(try await world.community.account(of: world.identity("u1")) == nil)
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.account(cosmosUser: "u1") }
            #expect(try await world.rowCounts() == rows)
        }
    }

    @Test(arguments: TestEngine.available) func aPersonGetsOneAccount(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let made = try await world.community.admit(world.identity("u1", name: "Jackdaw Ä"))
            #expect(made.username == "Jackdaw-" && made.displayName == "Jackdaw Ä" && made.email == nil && !made.isAdministrator)
            #expect(try await world.community.admit(world.identity("u1", name: "Other")) == made)
            #expect(try await world.community.account(of: world.identity("u1")) == made)
            #expect(try await world.community.account(cosmosUser: "u1") == made)
            #expect(try await world.community.cosmosUserID(of: made.id) == "u1")
            // The account's number is no second name of the person.
            await #expect(throws: CommunityError.unknownAccount) {
                try await world.community.account(cosmosUser: String(made.id.rawValue))
            }
            // Ids are compared byte for byte.
            #expect(try await world.community.admit(world.identity("U1")).id != made.id)
            // There is no password that would let anybody in.
            await #expect(throws: CommunityError.invalidCredentials) {
                try await world.community.logIn(.username(made.username), password: "")
            }
        }
    }

    @Test(arguments: TestEngine.available) func manyAtOnceGetOneAccount(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let identity = world.identity("u1")
            let made = try await withThrowingTaskGroup(of: AccountID.self) { group in
                for _ in 0..<8 { group.addTask { try await world.community.admit(identity).id } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(made.count == 1)
        }
    }

    /// "a sub that a second identity source claims too is refused with 401".
    @Test(arguments: TestEngine.available) func aSecondIssuerIsRefused(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            _ = try await world.community.admit(world.identity("u1"))
            let impostor = world.identity("u1", issuer: "https://other.example.net")
            await #expect(throws: CommunityError.identityTaken) { try await world.community.account(of: impostor) }
            await #expect(throws: CommunityError.identityTaken) { try await world.community.admit(impostor) }
            #expect(try await world.community.account(of: world.identity("u1")) != nil)
        }
    }

    /// Whom a metadata server has named belongs to the first server that vouches for it, with its first word.
    @Test(arguments: TestEngine.available) func theFirstIssuerStays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let named = try await world.galaxyMember("u2")
            #expect(try await world.community.account(of: world.identity("u2"))?.id == named)
            let impostor = world.identity("u2", issuer: "https://other.example.net")
            await #expect(throws: CommunityError.identityTaken) { try await world.community.account(of: impostor) }
            await #expect(throws: CommunityError.identityTaken) { try await world.community.admit(impostor) }
        }
    }

    /// A person whose id looks like the number of an account that was made here does not become that account, whoever vouches for it.
    @Test(arguments: TestEngine.available) func nobodyBecomesALocalAccountByItsNumber(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let impostor = world.identity(String(root.rawValue))
            let rows = try await world.rowCounts()
            await #expect(throws: CommunityError.identityTaken) { try await world.community.account(of: impostor) }
            await #expect(throws: CommunityError.identityTaken) { try await world.community.admit(impostor) }
            #expect(try await world.rowCounts() == rows)
            // The metadata server may still speak of the account.
            #expect(try await world.community.account(cosmosUser: String(root.rawValue)).id == root)
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.account(cosmosUser: "0\(root.rawValue)") }
        }
    }

    /// Names of elsewhere become usernames of here, and nobody takes another's.
    @Test(arguments: TestEngine.available) func namesThatAreTakenGetANumber(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            _ = try await world.account("Alice")
            var names: [String] = []
            for number in 1...12 { names.append(try await world.community.admit(world.identity("u\(number)", name: "alice")).username) }
            #expect(names.prefix(8) == ["alice-2", "alice-3", "alice-4", "alice-5", "alice-6", "alice-7", "alice-8", "alice-9"])
            #expect(Set(names).count == 12 && names.allSatisfy { $0.hasPrefix("alice-") && $0.utf8.count <= 32 })
        }
    }

    /// What cannot be shown does not keep a person out, on either engine.
    @Test(
        arguments: [
            "", " ", "\0", "a\0b", "everyone", "@me", "\u{202E}evil", "日本語", String(repeating: "x", count: 5_000),
            "e\u{301}" + String(repeating: "\u{301}", count: 500),
        ])
    func anyNameWillDo(_ name: String) async throws {
        for engine in TestEngine.available {
            try await TestWorld.run(on: engine) { world in
                let account = try await world.community.admit(world.identity("u1", name: name))
                #expect((2...32).contains(account.username.utf8.count) && account.username != "everyone")
                #expect((account.displayName ?? "x").unicodeScalars.count <= 32)
                #expect(try await world.community.account(account.id) == account)
            }
        }
    }

    // MARK: Revoked tokens

    /// 3.4: "iat earlier than the stored tokensRevokedBefore of that user"; logins that were opened before it end.
    @Test(arguments: TestEngine.available) func olderTokensAndLoginsEnd(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let older = world.identity("u1")
            let account = try await world.community.admit(older).id
            let login = try await world.community.openCosmosSession(for: older)
            world.clock.advance(seconds: 60)
            let newer = world.identity("u1")
            // A login is no better than the token it was opened with, however late that was.
            let borrowed = try await world.community.openCosmosSession(for: older)
            let later = try await world.community.openCosmosSession(for: newer)
            try await world.community.revokeTokens(ofCosmosUser: "u1", before: Timestamp(seconds: newer.issuedAt))
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.account(of: older) }
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.admit(older) }
            #expect(try await world.community.account(of: newer)?.id == account)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
            #expect(try await world.community.session(token: later.token, kind: .cosmos)?.account.id == account)
            #expect(try await world.community.session(token: borrowed.token, kind: .cosmos) == nil)
            #expect(try await world.community.session(token: later.token, kind: .cosmos) != nil)
            // An earlier moment takes nothing back.
            try await world.community.revokeTokens(ofCosmosUser: "u1", before: Timestamp(seconds: 1))
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.account(of: older) }
        }
    }

    /// Somebody who is nothing here yet must not become something with a token that was revoked before.
    @Test(arguments: TestEngine.available) func tokensOfStrangersAreRevokedAsWell(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let token = world.identity("u1")
            world.clock.advance(seconds: 1)
            try await world.community.revokeTokens(ofCosmosUser: "u1", before: world.clock.now)
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.account(of: token) }
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.admit(token) }
            // It is remembered for longer than any token is good.
            world.clock.advance(seconds: 86_400 + 300)
            try await world.community.removeExpired()
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.admit(token) }
            _ = try await world.community.admit(world.identity("u1"))
            world.clock.advance(seconds: 2 * 86_400)
            try await world.community.removeExpired()
            let left = try await world.database.read { try $0.first("SELECT COUNT(*) FROM revoked_tokens", []) { try $0.integer(0) } }
            #expect(left == 0)
        }
    }

    /// Another server has no say about accounts that were made here.
    @Test(arguments: TestEngine.available) func localLoginsAreNotOthersToEnd(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.register("ada")
            world.clock.advance(seconds: 1)
            for id in [String(login.account.id.rawValue), "", "\0", "a b"] {
                try await world.community.revokeTokens(ofCosmosUser: id, before: world.clock.now)
                try await world.community.forgetCosmosUser(id)
            }
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == login.account)
        }
    }

    // MARK: Forgetting

    /// 9.7 user.deleted, 10 "Privacy": what is known of a person goes, what it has said stays under no name.
    @Test(arguments: TestEngine.available) func aDeletedPersonIsForgotten(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy(owner: "u9")
            let member = try await world.galaxyMember("u1")
            let token = world.identity("u1", name: "Jackdaw")
            _ = try await world.community.admit(token)
            try await world.community.addOperator("u1")
            let login = try await world.community.openCosmosSession(for: token)
            let channel = try await world.galaxyChannel("crows").channel.id
            let message = try await world.community.createMessage(in: channel, by: member, content: "caw").0.id
            world.clock.advance(seconds: 1)
            // Somebody who wants to be in the way.
            _ = try await world.account("deleted-\(member.rawValue)")
            try await world.community.forgetCosmosUser("u1")

            let account = try await world.community.account(member)
            #expect(account.username == "deleted-\(member.rawValue)-2" && account.displayName == nil)
            let owner = try await world.community.account(cosmosUser: "u9").id
            let said = try await world.community.message(message, in: channel, for: owner)
            #expect(said.content == "caw" && said.author.username == account.username)
            #expect(try await world.community.spaces(of: member).isEmpty)
            #expect(try await world.community.galaxy("g1").space.memberCount == 1)
            #expect(try await world.community.session(token: login.token, kind: .cosmos) == nil)
            #expect(try await !world.community.isOperator("u1"))
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.account(cosmosUser: "u1") }
            // A token that is still good for a while does not bring it back.
            await #expect(throws: CommunityError.identityRevoked) { try await world.community.account(of: token) }
            // Again, and for somebody unknown, nothing happens.
            let count = world.events.count
            try await world.community.forgetCosmosUser("u1")
            try await world.community.forgetCosmosUser("nobody")
            #expect(world.events.count == count)
            // Whoever has the id later is somebody else.
            #expect(try await world.community.admit(world.identity("u1")).id != member)
        }
    }

    /// The server goes on without an administrator who was a person of elsewhere: the setup code makes the next one.
    @Test(arguments: TestEngine.available) func aDeletedAdministratorIsNoneAnyMore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.admit(world.identity("u1")).id
            let code = try #require(await world.community.renewSetupCode())
            try await world.community.claimOperator(code: code, for: account, address: "192.0.2.1")
            let home = String(try await world.home.rawValue)
            #expect(try await world.community.galaxy(home).ownerID == "u1")
            try await world.community.forgetCosmosUser("u1")
            #expect(try await !world.community.hasAdministrator())
            let galaxy = try await world.community.galaxy(home)
            #expect(galaxy.ownerID == "" && galaxy.space.memberCount == 0)
            let next = try await world.administrator()
            #expect(try await world.community.galaxy(home).ownerID == String(next.rawValue))
        }
    }

    /// An owner's galaxy is for the metadata server to hand over.
    @Test(arguments: TestEngine.available) func theGalaxyOfADeletedPersonStays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy(owner: "u1")
            try await world.community.addOperator("u2")
            try await world.community.forgetCosmosUser("u1")
            #expect(try await world.community.galaxy("g1").space.memberCount == 1)
            try await world.community.transferGalaxy("g1", by: TestWorld.origin, to: "u2")
            #expect(try await world.community.galaxy("g1").ownerID == "u2")
        }
    }
}
