import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 1.3, 1.6 and row 1: registering by the rules of an API whose clients know no setup code and no open server.
struct AccountRulesTests {
    private static func registration(_ username: String, _ token: String?, password: String = TestWorld.password) -> Registration {
        Registration(username: username, password: password, inviteToken: token, rules: .free, alwaysNeedsInvite: true)
    }

    @discardableResult
    private static func register(
        _ username: String, _ token: String?, password: String = TestWorld.password, from address: String = "a", in world: TestWorld
    ) async throws -> Account {
        try await world.community.createAccount(registration(username, token, password: password), address: address)
    }

    /// "length 4..32 …, any characters, no trimming … reject control characters".
    @Test(arguments: TestEngine.available) func aUsernameHasAnyCharacters(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            for name in ["Jöhn", " ada", "ада!", "\u{1F426}\u{1F426}\u{1F426}\u{1F426}", String(repeating: "é", count: 32), "a@b c"] {
                let token = try await world.community.createAccountInvite(by: ada).token
                let account = try await Self.register(name, token, in: world)
                #expect(account.username == name)
                // "no login": the account is there, and nobody is logged in.
                #expect(try await world.community.sessions(of: name).isEmpty)
                #expect(try await world.community.logIn(.exactUsername(name), password: TestWorld.password).account == account)
            }
        }
    }

    @Test(
        arguments: TestEngine.available,
        ["", "joe", String(repeating: "x", count: 33), "john\u{0}", "jo\nhn", "john\u{7f}", "everyone", "HERE"])
    func aUsernameThatIsNoneIsRefused(_ engine: TestEngine, _ name: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let token = try await world.community.createAccountInvite(by: try await world.account("ada")).token
            let before = try await world.rowCounts()
            for password in [TestWorld.password, "short"] {
                let error = await #expect(throws: CommunityError.self) {
                    try await Self.register(name, token, password: password, in: world)
                }
                guard case .invalid(let fields) = error else { return #expect(Bool(false), "\(String(describing: error))") }
                // The name is looked at first.
                #expect(fields.first?.name == "username")
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// "unique": an account is one for all APIs, so case does not make another one.
    @Test(arguments: TestEngine.available) func aNameIsTakenWhateverItsCase(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let (one, two) = (
                try await world.community.createAccountInvite(by: ada).token, try await world.community.createAccountInvite(by: ada).token
            )
            try await Self.register("Öster", one, in: world)
            await #expect(throws: CommunityError.usernameTaken) { try await Self.register("ÖSTER", two, in: world) }
            // "reuse of a spent invite with a taken name is 403", and "invite stays unused" when the name is taken.
            await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("Öster", one, in: world) }
            try await Self.register("John", two, in: world)
        }
    }

    /// A name may look like an address, but no text is one person's name and another's address: where either will do, it would lock one of them out.
    @Test(arguments: TestEngine.available) func aNameDoesNotStandInFrontOfAnAddress(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.register("ada", email: "ada@example.org").account
            let token = try await Self.token("token", in: world)
            await #expect(throws: CommunityError.usernameTaken) { try await Self.register("Ada@example.org", token, in: world) }
            let kim = try await Self.register("Kim@home.example", token, in: world)
            #expect(try await world.community.logIn(.either("kim@home.example"), password: TestWorld.password).account == kim)
            await #expect(throws: CommunityError.emailTaken) { try await world.register("eve", email: "KIM@home.example") }
            var changes = ProfileChanges()
            changes.email = .set("kim@home.example")
            let refused = changes
            await #expect(throws: CommunityError.emailTaken) { try await world.community.updateProfile(of: ada.id, refused) }
            #expect(try await world.community.logIn(.either("ada@example.org"), password: TestWorld.password).account == ada)
            // One's own name may be one's address.
            #expect(try await world.community.updateProfile(of: kim.id, refused).account.email == "kim@home.example")
        }
    }

    /// A name that looks like another, or like nothing, is not given.
    @Test(arguments: TestEngine.available) func aNameIsSeen(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let token = try await Self.token("token", in: world)
            for name in ["    ", "ada\u{200B}da", "\u{202E}ada", "ada\u{FEFF}", "ada\u{7F}"] {
                await #expect(throws: CommunityError.self, "\(name.debugDescription)") { try await Self.register(name, token, in: world) }
            }
            try await Self.register(" ada  lovelace ", token, in: world)
        }
    }

    /// ">= 8 characters …, max 1024"; the operator may ask for more, not for less.
    @Test(arguments: TestEngine.available, [(1...128, 8), (8...128, 8), (12...20, 12), (2_000...4_000, 1_024)])
    func aPasswordIsAsLongAsBothAsk(_ engine: TestEngine, _ length: (byOperator: ClosedRange<Int>, least: Int)) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(passwordLength: length.byOperator)) { world in
            let token = try await Self.token("open", in: world)
            for count in [length.least - 1, 1_025] {
                let error = await #expect(throws: CommunityError.self) {
                    try await Self.register("John", token, password: String(repeating: "ü", count: count), in: world)
                }
                guard case .invalid(let fields) = error else { return #expect(Bool(false), "\(String(describing: error))") }
                #expect(fields.map(\.name) == ["password"])
            }
            try await Self.register("John", token, password: String(repeating: "ü", count: length.least), in: world)
            let other = try await Self.token("other", in: world)
            try await Self.register("Joan", other, password: String(repeating: "ü", count: 1_024), in: world)
        }
    }

    /// The invitation is needed in every mode; in the mode `closed` only the setup code comes in.
    @Test(arguments: TestEngine.available, RegistrationMode.allCases)
    func nobodyComesInWithoutAnInvitation(_ engine: TestEngine, _ mode: RegistrationMode) async throws {
        try await TestWorld.run(on: engine, settings: CommunitySettings(registrationMode: mode)) { world in
            let code = try #require(try await world.community.renewSetupCode())
            let token = try await Self.token("token", in: world)
            let isClosed = mode == .closed
            for missing in [nil, ""] {
                await #expect(throws: isClosed ? CommunityError.registrationClosed : .invitationRequired) {
                    try await Self.register("John", missing, in: world)
                }
            }
            await #expect(throws: isClosed ? CommunityError.registrationClosed : .invalidInvitation) {
                try await Self.register("John", "no such token", in: world)
            }
            if isClosed {
                await #expect(throws: CommunityError.registrationClosed) { try await Self.register("John", token, in: world) }
            } else {
                #expect(try await Self.register("John", token, in: world).isAdministrator == false)
            }
            // The setup code stands in the place of an invitation, and makes the administrator, who owns the home space.
            let root = try await Self.register("Root", code.lowercased(), in: world)
            #expect(root.isAdministrator)
            #expect(try await world.community.spaces(of: root.id).map(\.ownerID) == [root.id])
            await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("More", code, in: world) }
        }
    }

    /// Only what has the form of a setup code is a try at it: the sixth within 15 minutes has to wait.
    @Test(arguments: TestEngine.available) func triesAtTheSetupCodeAreCounted(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try #require(try await world.community.renewSetupCode())
            let token = try await Self.token("token", in: world)
            for number in 0..<10 {
                await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("John", "wrong \(number)", in: world) }
            }
            for number in 0..<5 {
                await #expect(throws: CommunityError.invalidInvitation) {
                    try await Self.register("John", "ROOST-00000-00000-00000-00000-00000\(number)", in: world)
                }
            }
            await #expect(throws: CommunityError.tooManySetupAttempts(retryAfter: 900)) { try await Self.register("John", code, in: world) }
            // Other texts are no tries, and invitations are not concerned.
            await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("John", "wrong", in: world) }
            try await Self.register("John", token, in: world)
            world.clock.advance(seconds: 900)
            #expect(try await Self.register("Root", code, in: world).isAdministrator)
        }
    }

    /// An invitation that looks like a setup code is an invitation.
    @Test(arguments: TestEngine.available) func anInvitationMayLookLikeASetupCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let token = try await Self.token("ROOST-00000-00000-00000-00000-000001", in: world)
            #expect(try await Self.register("John", token, in: world).isAdministrator == false)
            for _ in 0..<10 {
                await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("Joan", token, in: world) }
            }
        }
    }

    /// An invitation of that token, whoever made it.
    private static func token(_ token: String, in world: TestWorld) async throws -> String {
        try await world.write("INSERT INTO account_invites (token, inviter_id, created_at) VALUES ($1, 1, 0)", [.text(token)])
        return token
    }
}
