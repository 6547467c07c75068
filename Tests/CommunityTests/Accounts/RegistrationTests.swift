import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.1 and contracts/configuration.md, "The setup code".
struct RegistrationTests {
    @Test(arguments: TestEngine.available) func registeringSignsInAtOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let login = try await world.community.register(
                Registration(username: "Ada", password: TestWorld.password, email: "Ada@Example.org", displayName: " Ada L. "), address: "a"
            )
            #expect(login.account.username == "Ada" && login.account.email == "Ada@Example.org" && login.account.displayName == "Ada L.")
            #expect(!login.account.isAdministrator && login.account.status == .online && login.account.createdAt == world.clock.now)
            #expect(login.token.utf8.count == 43)
            #expect(login.expiresAt == world.clock.now.adding(seconds: 30 * 86_400))
            #expect(try await world.community.session(login.sessionID, of: login.account.id) == login.account)
            #expect(try await world.community.account(login.account.id) == login.account)
        }
    }

    /// Section 2: "unique ignoring case", both of them.
    @Test(arguments: TestEngine.available) func namesAreTakenWhateverTheirCase(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("Ada", email: "ada@example.org")
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.usernameTaken) { try await world.register("aDA") }
            await #expect(throws: CommunityError.emailTaken) { try await world.register("grace", email: "ADA@example.org") }
            #expect(try await world.rowCounts() == before)
            try await world.register("grace")
            try await world.register("joan")
        }
    }

    @Test(arguments: TestEngine.available) func twoPeopleCannotGetOneNameAtOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let results = await Self.together(8) { _ in try await world.register("ada") }
            #expect(results.filter { $0 == nil }.count == 1)
            #expect(results.compactMap { $0 }.allSatisfy { $0 == .usernameTaken })
        }
    }

    @Test(arguments: TestEngine.available) func aClosedServerTakesNobodyWithoutTheSetupCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(registrationMode: .closed)) { world in
            await #expect(throws: CommunityError.registrationClosed) { try await world.register("ada") }
            let root = try await world.administrator()
            #expect(try await world.community.account(root).isAdministrator)
            await #expect(throws: CommunityError.registrationClosed) { try await world.register("ada") }
        }
    }

    @Test(arguments: TestEngine.available) func anInvitationWorksOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(registrationMode: .invite)) { world in
            let root = try await world.administrator()
            await #expect(throws: CommunityError.invitationRequired) { try await world.register("ada") }
            let invite = try await world.community.createAccountInvite(by: root)
            @Sendable func use(_ name: String, _ token: String) async throws {
                _ = try await world.community.register(
                    Registration(username: name, password: TestWorld.password, inviteToken: token), address: "a")
            }
            await #expect(throws: CommunityError.invalidInvitation) { try await use("ada", "no such token") }
            await #expect(throws: CommunityError.invalidInvitation) { try await use("ada", "\u{0}") }
            // A name that is taken leaves the invitation unused.
            await #expect(throws: CommunityError.usernameTaken) { try await use("ROOT", invite.token) }
            let results = await Self.together(6) { try await use("person\($0)", invite.token) }
            #expect(results.filter { $0 == nil }.count == 1)
            #expect(results.compactMap { $0 }.allSatisfy { $0 == .invalidInvitation })
        }
    }

    /// "It works once, for whichever comes first", and makes the administrator, who owns the home space.
    @Test(arguments: TestEngine.available) func theSetupCodeMakesOneAdministrator(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try #require(try await world.community.renewSetupCode())
            #expect(code.hasPrefix("ROOST-"))
            let results = await Self.together(6) { number in
                _ = try await world.community.register(
                    Registration(username: "person\(number)", password: TestWorld.password, setupCode: code.lowercased()),
                    address: "a\(number)")
            }
            #expect(results.filter { $0 == nil }.count == 1)
            #expect(results.compactMap { $0 }.allSatisfy { $0 == .invalidInvitation })
            #expect(try await world.community.hasAdministrator())
            #expect(try await world.community.renewSetupCode() == nil)
            let owner = results.firstIndex { $0 == nil }.map { "person\($0)" } ?? ""
            let login = try await world.community.logIn(.username(owner), password: TestWorld.password)
            let home = try #require(try await world.community.spaces(of: login.account.id).first)
            #expect(login.account.isAdministrator && home.isHome && home.ownerID == login.account.id && home.memberCount == 1)
        }
    }

    /// "While there is no administrator each start makes a new one": the code before it is no good any more.
    @Test(arguments: TestEngine.available) func aNewSetupCodeReplacesTheOneBefore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let old = try await world.community.renewSetupCode()
            let new = try await world.community.renewSetupCode()
            func use(_ code: String?) async throws {
                _ = try await world.community.register(
                    Registration(username: "ada", password: TestWorld.password, setupCode: code), address: "a")
            }
            await #expect(throws: CommunityError.invalidInvitation) { try await use(old) }
            try await use(new)
        }
    }

    /// "five wrong tries from one address are answered 429 for 15 minutes".
    @Test(arguments: TestEngine.available) func wrongSetupCodesBlockTheAddress(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.renewSetupCode()
            func use(_ code: String?, from address: String) async throws {
                _ = try await world.community.register(
                    Registration(username: "ada", password: TestWorld.password, setupCode: code), address: address)
            }
            for number in 0..<5 {
                let wrong = number == 0 ? "ROOST-not-a-code" : "ROOST-00000-00000-00000-00000-00000\(number)"
                await #expect(throws: CommunityError.invalidInvitation) { try await use(wrong, from: "a") }
            }
            await #expect(throws: CommunityError.tooManySetupAttempts(retryAfter: 900)) { try await use(code, from: "a") }
            world.clock.advance(seconds: 890)
            await #expect(throws: CommunityError.tooManySetupAttempts(retryAfter: 10)) { try await use(code, from: "a") }
            world.clock.advance(seconds: 10)
            try await use(code, from: "a")
        }
    }

    /// Many guesses at once are no more than many one after the other.
    @Test(arguments: TestEngine.available) func guessesAtOnceAreCountedToo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            _ = try await world.community.renewSetupCode()
            let results = await withTaskGroup(of: CommunityError?.self) { tasks in
                for number in 10..<50 {
                    tasks.addTask {
                        do {
                            let wrong = "ROOST-00000-00000-00000-00000-0000\(number)"
                            _ = try await world.community.register(
                                Registration(username: "ada\(number)", password: TestWorld.password, setupCode: wrong), address: "a")
                            return nil
                        } catch { return error as? CommunityError }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .invalidInvitation } == 5)
            #expect(results.count { $0 == .tooManySetupAttempts(retryAfter: 900) } == 35)
        }
    }

    /// A right code with a name that is taken is no guess.
    @Test(arguments: TestEngine.available) func otherMistakesAreNoGuesses(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.register("ada")
            let code = try await world.community.renewSetupCode()
            for _ in 0..<6 {
                await #expect(throws: CommunityError.usernameTaken) {
                    try await world.community.register(
                        Registration(username: "ada", password: TestWorld.password, setupCode: code), address: "a")
                }
            }
            _ = try await world.community.register(
                Registration(username: "eve", password: TestWorld.password, setupCode: code), address: "a")
        }
    }

    @Test(arguments: TestEngine.available) func anotherAddressIsNotBlocked(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.renewSetupCode()
            for _ in 0..<5 {
                await #expect(throws: CommunityError.invalidInvitation) {
                    try await world.community.register(
                        Registration(username: "ada", password: TestWorld.password, setupCode: "wrong"), address: "a")
                }
            }
            _ = try await world.community.register(
                Registration(username: "ada", password: TestWorld.password, setupCode: code), address: "b")
        }
    }

    /// `registration.bootstrap`: "made administrator at first start", and `roost admin create`.
    @Test(arguments: TestEngine.available) func theBootstrapAdministratorIsMadeOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.renewSetupCode()
            #expect(try await world.community.bootstrapAdministrator(username: "root", password: TestWorld.password))
            #expect(try await world.community.bootstrapAdministrator(username: "other", password: TestWorld.password) == false)
            await #expect(throws: CommunityError.invalidInvitation) {
                try await world.community.register(
                    Registration(username: "ada", password: TestWorld.password, setupCode: code), address: "a")
            }
            #expect(try await world.community.createAdministrator(username: "second", password: TestWorld.password))
            let root = try await world.community.logIn(.username("root"), password: TestWorld.password).account
            let second = try await world.community.logIn(.username("second"), password: TestWorld.password).account
            #expect(root.isAdministrator && second.isAdministrator)
            #expect(try await world.community.spaces(of: root.id).map(\.ownerID) == [root.id])
            #expect(try await world.community.spaces(of: second.id).isEmpty)
        }
    }

    /// Runs `count` calls at once and returns what each threw.
    private static func together(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async -> [CommunityError?] {
        await withTaskGroup(of: (Int, CommunityError?).self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await body(number)
                        return (number, nil)
                    } catch let error as CommunityError {
                        return (number, error)
                    } catch {
                        Issue.record(error)
                        return (number, .busy)
                    }
                }
            }
            return await group.reduce(into: [CommunityError?](repeating: nil, count: count)) { $0[$1.0] = $1.1 }
        }
    }
}
