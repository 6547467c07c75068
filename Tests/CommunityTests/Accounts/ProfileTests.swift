import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.5: people change their own accounts.
struct ProfileTests {
    private static func changes(_ change: (inout ProfileChanges) -> Void) -> ProfileChanges {
        var changes = ProfileChanges()
        change(&changes)
        return changes
    }

    @Test(arguments: TestEngine.available) func whatIsNamedChanges(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.register("ada", email: "ada@example.org").account
            world.clock.advance(seconds: 60)
            let changed = try await world.community.updateProfile(
                of: ada.id,
                Self.changes {
                    $0.username = "Lovelace"
                    $0.displayName = .set(" Ada ")
                    $0.avatarURL = .set("https://example.org/a.png")
                    $0.bio = .set("counts")
                    $0.status = .dnd
                }
            ).account
            #expect((changed.username, changed.displayName, changed.bio, changed.status) == ("Lovelace", "Ada", "counts", .dnd))
            #expect(changed.email == ada.email && changed.updatedAt == world.clock.now)
            #expect(try await world.community.account(ada.id) == changed)
            guard case .accountUpdated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == changed)
            let count = world.events.count
            #expect(try await world.community.updateProfile(of: ada.id, Self.changes { $0.status = .dnd }).account == changed)
            #expect(world.events.count == count)
            let cleared = try await world.community.updateProfile(
                of: ada.id,
                Self.changes {
                    $0.displayName = .set("")
                    $0.avatarURL = .set("")
                    $0.email = .set(nil)
                }
            ).account
            #expect(cleared.displayName == nil && cleared.email == nil && cleared.avatarURL == nil && cleared.bio == "counts")
            let silent = try await world.community.updateProfile(of: ada.id, Self.changes { $0.bio = .set("") }).account
            #expect(silent.bio == nil)
        }
    }

    @Test(arguments: TestEngine.available) func aNewNameShowsInOldMessages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let message = try await world.community.createMessage(in: space.general, by: ada, content: "hi").0.id
            _ = try await world.community.updateProfile(of: ada, Self.changes { $0.username = "lovelace" })
            #expect(try await world.community.message(message, in: space.general, for: ada).author.username == "lovelace")
        }
    }

    @Test(arguments: TestEngine.available) func namesStayUnique(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.register("ada", email: "ada@example.org").account
            _ = try await world.register("eve", email: "eve@example.org")
            await #expect(throws: CommunityError.usernameTaken) {
                try await world.community.updateProfile(of: ada.id, Self.changes { $0.username = "EVE" })
            }
            await #expect(throws: CommunityError.emailTaken) {
                try await world.community.updateProfile(of: ada.id, Self.changes { $0.email = .set("Eve@Example.org") })
            }
            #expect(try await world.community.account(ada.id) == ada)
            // The own name in other letters is nobody else's.
            #expect(try await world.community.updateProfile(of: ada.id, Self.changes { $0.username = "ADA" }).account.username == "ADA")
        }
    }

    @Test(arguments: TestEngine.available) func aNewPasswordEndsAllLogins(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let first = try await world.register("ada")
            let second = try await community.logIn(.username("ada"), password: TestWorld.password)
            let ada = first.account.id
            let change = ProfileChanges.PasswordChange(current: TestWorld.password, new: "battery staple")
            let login = try #require(try await community.updateProfile(of: ada, Self.changes { $0.password = change }).login)
            for old in [first, second] {
                #expect(try await community.session(old.sessionID, of: ada) == nil)
                await #expect(throws: CommunityError.invalidRefreshToken) { try await community.refresh(old.token) }
            }
            #expect(try await community.session(login.sessionID, of: ada)?.id == ada)
            _ = try await community.refresh(login.token)
            await #expect(throws: CommunityError.invalidCredentials) {
                try await community.logIn(.username("ada"), password: TestWorld.password)
            }
            _ = try await community.logIn(.username("ada"), password: "battery staple")
            guard case .sessionEnded(ada, nil) = world.changes.last else { return #expect(Bool(false), "no event") }
        }
    }

    @Test(arguments: TestEngine.available) func aWrongPasswordChangesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.register("ada")
            let before = try await world.rowCounts()
            for change in [("wrong horse", "battery staple"), (TestWorld.password, "short")] {
                await #expect(throws: CommunityError.self) {
                    try await world.community.updateProfile(
                        of: ada.account.id,
                        Self.changes {
                            $0.username = "lovelace"
                            $0.password = ProfileChanges.PasswordChange(current: change.0, new: change.1)
                        })
                }
            }
            #expect(try await world.rowCounts() == before)
            #expect(try await world.community.account(ada.account.id) == ada.account)
            #expect(try await world.community.session(ada.sessionID, of: ada.account.id) != nil)
        }
    }
}
