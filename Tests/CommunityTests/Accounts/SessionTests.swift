import Community
import Primitives
import Security
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.1: login, refresh, logout.
struct SessionTests {
    @Test(arguments: TestEngine.available) func peopleLogInByNameOrEmailWhateverTheCase(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.register("Ada", email: "ada@example.org").account
            let names: [LoginIdentifier] = [.username("aDa"), .email("ADA@example.org"), .either("ada"), .either("Ada@Example.org")]
            for name in names {
                #expect(try await world.community.logIn(name, password: TestWorld.password).account == account)
            }
        }
    }

    /// The operator has set another cost: the next login stores the password at that cost.
    @Test(arguments: TestEngine.available) func aLoginBringsThePasswordToThePresentCost(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("ada")
            func stored() async throws -> String? {
                try await world.database.read { try $0.first("SELECT password_hash FROM accounts", []) { try $0.text(0) } }
            }
            let cheap = try #require(try await stored())
            _ = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            #expect(try await stored() == cheap)
            let hasher = PasswordHasher(cost: .interactive, threads: 1)
            let dearer = Community(database: world.database, passwordHasher: hasher) { world.clock.now }
            await #expect(throws: CommunityError.invalidCredentials) {
                try await dearer.logIn(.username("ada"), password: "wrong password")
            }
            #expect(try await stored() == cheap)
            _ = try await dearer.logIn(.username("ada"), password: TestWorld.password)
            let dear = try #require(try await stored())
            #expect(hasher.needsRehash(cheap) && !hasher.needsRehash(dear))
            _ = try await dearer.logIn(.username("ada"), password: TestWorld.password)
            #expect(try await stored() == dear)
            await Task.detached { hasher.stop() }.value
        }
    }

    /// "same answer for unknown user and wrong password".
    @Test(arguments: TestEngine.available) func aWrongLoginDoesNotTellWhy(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("ada", email: "ada@example.org")
            let before = try await world.rowCounts()
            let names: [LoginIdentifier] = [
                .username("ada"), .username("nobody"), .username("ada@example.org"), .email("ada"), .either(""), .either("ada\u{0}"),
            ]
            for name in names {
                await #expect(throws: CommunityError.invalidCredentials) {
                    try await world.community.logIn(name, password: "wrong password")
                }
            }
            await #expect(throws: CommunityError.invalidCredentials) {
                try await world.community.logIn(.email("ada"), password: TestWorld.password)
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// "rotated on each use".
    @Test(arguments: TestEngine.available) func refreshingGivesTheNextToken(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.register("ada")
            world.clock.advance(seconds: 3_600)
            let second = try await world.community.refresh(first.token)
            #expect(second.sessionID == first.sessionID && second.account == first.account && second.token != first.token)
            #expect(second.expiresAt == world.clock.now.adding(seconds: 30 * 86_400))
            let third = try await world.community.refresh(second.token)
            #expect(third.sessionID == first.sessionID)
        }
    }

    /// "reuse of a spent one -> 401 and the session is ended", durably although the call throws.
    @Test(arguments: TestEngine.available) func aSpentTokenEndsTheLogin(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.register("ada")
            let other = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            let second = try await world.community.refresh(first.token)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(first.token) }
            #expect(try await world.community.session(first.sessionID, of: first.account.id) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(second.token) }
            #expect(try await world.community.session(other.sessionID, of: first.account.id) == first.account)
            guard case .sessionEnded(first.account.id, first.sessionID)? = world.changes.last, world.changes.count == 1 else {
                Issue.record("one event about the ended login, not \(world.changes)")
                return
            }
        }
    }

    /// Bounded by design: a login that is refreshed for ever does not grow for ever, and its last thousand spent tokens still end it.
    @Test(arguments: TestEngine.available) func spentTokensAreForgottenAtLast(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.register("ada")
            var tokens = [login.token]
            for _ in 0..<Limits.spentTokensPerSession + 5 {
                world.clock.advance(seconds: 1)
                tokens.append(try await world.community.refresh(tokens.last ?? "").token)
            }
            #expect(try await world.rowCounts()[2] == Int64(Limits.spentTokensPerSession + 1))
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(tokens[0]) }
            #expect(try await world.community.session(login.sessionID, of: login.account.id) != nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(tokens[5]) }
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == nil)
        }
    }

    @Test(arguments: TestEngine.available) func ofTwoRefreshesAtOnceOnlyOneWins(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.register("ada")
            async let one = try? world.community.refresh(login.token)
            async let two = try? world.community.refresh(login.token)
            #expect(await [one, two].compactMap { $0 }.count == 1)
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == nil)
        }
    }

    /// "30 days".
    @Test(arguments: TestEngine.available) func aLoginThatIsNotRefreshedExpires(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(refreshTokenSeconds: 100)) { world in
            let login = try await world.register("ada")
            world.clock.advance(seconds: 99)
            #expect(try await world.community.session(login.sessionID, of: login.account.id) != nil)
            world.clock.advance(seconds: 1)
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(login.token) }
            try await world.community.removeExpired()
            #expect(try await world.rowCounts()[1...2] == [0, 0])
        }
    }

    @Test(arguments: TestEngine.available, ["", "nonsense", "\u{0}", String(repeating: "x", count: 10_000)])
    func aTokenThatNobodyIssuedIsRefused(_ engine: TestEngine, _ token: String) async throws {
        try await TestWorld.run(on: engine) { world in
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(token) }
        }
    }

    /// Logout: "ends the session: its refresh token is revoked, its access token refused from now on, its sockets closed".
    @Test(arguments: TestEngine.available) func loggingOutEndsTheLogin(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.register("ada")
            let stranger = try await world.account("eve")
            try await world.community.endSession(login.sessionID, of: stranger)
            #expect(try await world.community.session(login.sessionID, of: stranger) == nil)
            #expect(try await world.community.session(login.sessionID, of: login.account.id) != nil)
            try await world.community.endSession(login.sessionID, of: login.account.id)
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(login.token) }
            try await world.community.endSession(login.sessionID, of: login.account.id)
            #expect(world.events.map(\.scopeID) == [login.account.id.rawValue])
        }
    }

    /// Bounded by design: the login unused for longest makes room.
    @Test(arguments: TestEngine.available) func anAccountHasABoundedNumberOfLogins(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.register("ada")
            for _ in 1..<Limits.sessionsPerAccount {
                world.clock.advance(seconds: 1)
                _ = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            }
            #expect(try await world.community.session(first.sessionID, of: first.account.id) != nil)
            world.clock.advance(seconds: 1)
            _ = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            #expect(try await world.community.session(first.sessionID, of: first.account.id) == nil)
            #expect(world.events.count == 1)
        }
    }

    /// `roost admin reset-password`.
    @Test(arguments: TestEngine.available) func aPasswordResetEndsAllLogins(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.register("ada")
            let second = try await world.community.logIn(.username("ada"), password: TestWorld.password)
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.resetPassword(of: "nobody", to: "12345678") }
            await #expect(throws: CommunityError.self) { try await world.community.resetPassword(of: "ada", to: "short") }
            try await world.community.resetPassword(of: "ADA", to: "another password")
            for login in [first, second] {
                #expect(try await world.community.session(login.sessionID, of: login.account.id) == nil)
                await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(login.token) }
            }
            await #expect(throws: CommunityError.invalidCredentials) {
                try await world.community.logIn(.username("ada"), password: TestWorld.password)
            }
            _ = try await world.community.logIn(.username("ada"), password: "another password")
            guard case .sessionEnded(first.account.id, nil)? = world.changes.last else {
                Issue.record("no event about all logins")
                return
            }
        }
    }
}
