import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 1.2: logins that one token stands for, and what is told of all logins.
struct CookieSessionTests {
    private static let terms = SessionTerms(kind: .cookie, lifetime: 604_800, limit: 20)

    private static func logIn(_ world: TestWorld, _ terms: SessionTerms = terms) async throws -> LoginSession {
        try await world.community.logIn(.exactUsername("Ada"), password: TestWorld.password, terms: terms)
    }

    /// "7 days absolute".
    @Test(arguments: TestEngine.available) func aLoginLastsAsLongAsItsTermsSay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(refreshTokenSeconds: 10)) { world in
            let account = try await world.register("Ada").account
            let login = try await Self.logIn(world)
            #expect(login.expiresAt == world.clock.now.adding(seconds: 604_800) && login.account == account)
            world.clock.advance(seconds: 604_799)
            try await world.community.removeExpired()
            let session = try #require(try await world.community.session(token: login.token))
            #expect(session.account == account && session.id == login.sessionID && session.expiresAt == login.expiresAt)
            // Use does not lengthen it.
            try await world.community.noteUse(of: login.sessionID)
            world.clock.advance(seconds: 1)
            #expect(try await world.community.session(token: login.token) == nil)
            #expect(try await world.community.session(login.sessionID, of: account.id) == nil)
            try await world.community.removeExpired()
            #expect(try await world.rowCounts()[1...2] == [0, 0])
        }
    }

    /// Row 2: the username is compared with case; names and passwords that are wrong are not told apart.
    @Test(arguments: TestEngine.available) func theNameIsComparedAsItIsWritten(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("Ada")
            for name in ["ada", "ADA", "", "Ada ", "Ada\u{0}"] {
                await #expect(throws: CommunityError.invalidCredentials) {
                    try await world.community.logIn(.exactUsername(name), password: TestWorld.password, terms: Self.terms)
                }
            }
            await #expect(throws: CommunityError.invalidCredentials) {
                try await world.community.logIn(.exactUsername("Ada"), password: "wrong password", terms: Self.terms)
            }
            _ = try await Self.logIn(world)
        }
    }

    /// A token is good for what it was made for.
    @Test(arguments: TestEngine.available) func tokensOfOneKindAreNothingToTheOther(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let refresh = try await world.register("Ada")
            let cookie = try await Self.logIn(world)
            #expect(try await world.community.session(token: refresh.token) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(cookie.token) }
            // Neither has ended for that.
            _ = try await world.community.refresh(refresh.token)
            #expect(try await world.community.session(token: cookie.token) != nil)
        }
    }

    @Test(arguments: TestEngine.available, ["", "nonsense", "\u{0}", String(repeating: "x", count: 10_000)])
    func aTokenThatNobodyIssuedIsNoLogin(_ engine: TestEngine, _ token: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let session = try await world.community.session(token: token)
            #expect(session == nil)
        }
    }

    /// "max 20 sessions/user (configurable)": the one unused for longest makes room, and logins of another kind are not concerned.
    @Test(arguments: TestEngine.available) func theLoginUnusedForLongestMakesRoom(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let refresh = try await world.register("Ada")
            let terms = SessionTerms(kind: .cookie, lifetime: 604_800, limit: 3)
            var logins: [LoginSession] = []
            for _ in 0..<3 {
                world.clock.advance(seconds: 1)
                logins.append(try await Self.logIn(world, terms))
            }
            world.clock.advance(seconds: 300)
            #expect(try await world.community.session(token: logins[0].token)?.isUseDue == true)
            try await world.community.noteUse(of: logins[0].sessionID)
            logins.append(try await Self.logIn(world, terms))
            func good() async throws -> [Bool] {
                var good: [Bool] = []
                for login in logins { good.append(try await world.community.session(token: login.token) != nil) }
                return good
            }
            #expect(try await good() == [true, false, true, true])
            guard case .sessionEnded(_, logins[1].sessionID)? = world.changes.last, world.events.count == 1 else {
                return #expect(Bool(false), "\(world.changes)")
            }
            #expect(try await world.community.session(refresh.sessionID, of: refresh.account.id) != nil)
            // Other terms, another number.
            _ = try await Self.logIn(world, SessionTerms(kind: .cookie, lifetime: 60, limit: 1))
            #expect(try await good() == [false, false, false, false])
            #expect(try await world.community.session(refresh.sessionID, of: refresh.account.id) != nil)
        }
    }

    /// Which is unused for longest is known exactly, though it is written down every few minutes only.
    @Test(arguments: TestEngine.available) func aUseCountsBeforeItIsWrittenDown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("Ada")
            let terms = SessionTerms(kind: .cookie, lifetime: 1_000, limit: 2)
            var logins: [LoginSession] = []
            for _ in 0..<2 {
                logins.append(try await Self.logIn(world, terms))
                world.clock.advance(seconds: 1)
            }
            #expect(try await world.community.session(token: logins[0].token)?.isUseDue == false)
            world.clock.advance(seconds: 1)
            logins.append(try await Self.logIn(world, terms))
            #expect(try await world.community.session(token: logins[1].token) == nil)
            #expect(try await world.community.session(token: logins[0].token) != nil)
        }
    }

    /// A new login never makes room for itself, whatever is known of the others: not with a clock that was set back either.
    @Test(arguments: TestEngine.available) func aNewLoginIsGood(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("Ada")
            let terms = SessionTerms(kind: .cookie, lifetime: 10_000, limit: 1)
            let old = try await Self.logIn(world, terms)
            world.clock.advance(seconds: 600)
            #expect(try await world.community.session(token: old.token) != nil)
            try await world.community.noteUse(of: old.sessionID)
            world.clock.advance(seconds: -600)
            let new = try await Self.logIn(world, terms)
            #expect(try await world.community.session(token: new.token) != nil)
            #expect(try await world.community.session(token: old.token) == nil)
        }
    }

    /// Noted at most every five minutes: each time costs a write.
    @Test(arguments: TestEngine.available) func aUseIsNotedNowAndThen(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("Ada")
            let login = try await Self.logIn(world)
            func isDue() async throws -> Bool? { try await world.community.session(token: login.token)?.isUseDue }
            #expect(try await isDue() == false)
            world.clock.advance(seconds: 299)
            #expect(try await isDue() == false)
            world.clock.advance(seconds: 1)
            #expect(try await isDue() == true)
            try await world.community.noteUse(of: login.sessionID)
            #expect(try await isDue() == false)
            #expect(try await world.community.sessions(of: "Ada").first?.lastUsedAt == world.clock.now)
            // A clock that was set back does not make a use older.
            world.clock.advance(seconds: -600)
            try await world.community.noteUse(of: login.sessionID)
            try await world.community.noteUse(of: SessionID(1))
            #expect(try await world.community.sessions(of: "Ada").first?.lastUsedAt == world.clock.now.adding(seconds: 600))
        }
    }

    /// "logout ends only this session".
    @Test(arguments: TestEngine.available) func loggingOutEndsOneLogin(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.register("Ada").account.id
            let (one, two) = (try await Self.logIn(world), try await Self.logIn(world))
            try await world.community.endSession(one.sessionID, of: account)
            #expect(try await world.community.session(token: one.token) == nil)
            #expect(try await world.community.session(token: two.token)?.id == two.sessionID)
            guard case .sessionEnded(account, one.sessionID)? = world.changes.last else { return #expect(Bool(false), "no event") }
        }
    }

    /// `roost admin sessions`.
    @Test(arguments: TestEngine.available) func theOperatorSeesWhatIsGood(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let refresh = try await world.register("Ada")
            let start = world.clock.now
            world.clock.advance(seconds: 1)
            let cookie = try await Self.logIn(world)
            let short = try await Self.logIn(world, SessionTerms(kind: .cookie, lifetime: 5, limit: 20))
            let ended = try await Self.logIn(world)
            try await world.community.endSession(ended.sessionID, of: ended.account.id)
            world.clock.advance(seconds: 1)
            _ = try await world.community.refresh(refresh.token)
            let listed = try await world.community.sessions(of: "ADA")
            #expect(listed.map(\.id) == [refresh.sessionID, short.sessionID, cookie.sessionID])
            #expect(listed.map(\.kind) == [.refresh, .cookie, .cookie])
            #expect(listed.map(\.createdAt) == [start, start.adding(seconds: 1), start.adding(seconds: 1)])
            #expect(listed.map(\.lastUsedAt) == [start.adding(seconds: 2), start.adding(seconds: 1), start.adding(seconds: 1)])
            #expect(listed.last?.expiresAt == cookie.expiresAt)
            world.clock.advance(seconds: 4)
            #expect(try await world.community.sessions(of: "Ada").map(\.id) == [refresh.sessionID, cookie.sessionID])
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.sessions(of: "nobody") }
        }
    }

    /// `roost admin end-session`.
    @Test(arguments: TestEngine.available) func theOperatorEndsLogins(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let refresh = try await world.register("Ada")
            let eve = try await world.register("eve")
            let (one, two) = (try await Self.logIn(world), try await Self.logIn(world))
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.endSession(nil, of: "nobody") }
            for foreign in [eve.sessionID, SessionID(1)] {
                await #expect(throws: CommunityError.unknownSession) { try await world.community.endSession(foreign, of: "Ada") }
            }
            #expect(try await world.rowCounts() == before)
            try await world.community.endSession(one.sessionID, of: "ada")
            #expect(try await world.community.session(token: one.token) == nil)
            await #expect(throws: CommunityError.unknownSession) { try await world.community.endSession(one.sessionID, of: "ada") }
            #expect(try await world.community.session(token: two.token) != nil)
            try await world.community.endSession(nil, of: "ada")
            #expect(try await world.community.session(token: two.token) == nil)
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(refresh.token) }
            #expect(try await world.community.sessions(of: "Ada").isEmpty)
            #expect(try await world.community.sessions(of: "eve").count == 1)
            #expect(world.kinds(after: 0) == [.sessionEnded, .sessionEnded])
            let audited = try await world.database.read { reader in
                try reader.query("SELECT subject_id FROM audit_log WHERE action = 'session_ended' ORDER BY id") { try $0.integer(0) }
            }
            #expect(audited == [one.sessionID.rawValue, 0])
        }
    }
}
