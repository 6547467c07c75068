import Primitives
import StorageTesting
import Testing

@testable import Community

/// Whom Discord vouches for, and how they come back (contracts/gale.md 4).
struct DiscordTests {
    private static let bobbo = DiscordIdentity(id: "308117922260451340", name: "kesomannen", displayName: "Bobbo ::)", avatar: "0d14")

    private func settings(_ mode: RegistrationMode) -> CommunitySettings { CommunitySettings(registrationMode: mode) }

    @Test(arguments: TestEngine.available) func aPersonHasOneAccount(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.community.logIn(Self.bobbo)
            #expect(first.account.username == "kesomannen" && first.account.displayName == "Bobbo ::)")
            let again = try await world.community.logIn(Self.bobbo)
            #expect(again.account.id == first.account.id && again.sessionID != first.sessionID)
            #expect(
                try await world.community.profileOwner(first.account.id)
                    == ProfileOwner(
                        id: first.account.id, discordID: "308117922260451340", name: "kesomannen", displayName: "Bobbo ::)", avatar: "0d14")
            )
        }
    }

    /// 4.2: "name, displayName, avatar overwritten at every login"; a person with a default picture and no name of its own is no failure.
    @Test(arguments: TestEngine.available) func whatDiscordSaysIsKept(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await world.community.logIn(Self.bobbo).account
            _ = try await world.community.logIn(DiscordIdentity(id: Self.bobbo.id, name: "renamed"))
            #expect(
                try await world.community.profileOwner(account.id)
                    == ProfileOwner(id: account.id, discordID: Self.bobbo.id, name: "renamed", displayName: "renamed", avatar: nil))
            // The account's own name is the person's to change.
            #expect(try await world.community.account(account.id).username == "kesomannen")
        }
    }

    @Test(arguments: TestEngine.available) func aNameThatSomebodyHasIsMadeAnother(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let local = try await world.account("kesomannen")
            let account = try await world.community.logIn(Self.bobbo).account
            #expect(account.id != local && account.username == "kesomannen-2")
            #expect(try await world.community.profileOwner(account.id).name == "kesomannen")
        }
    }

    @Test(arguments: TestEngine.available, [RegistrationMode.invite, .closed]) func nobodyNewComesInWhereNobodyMay(
        _ engine: TestEngine, _ mode: RegistrationMode
    ) async throws {
        try await TestWorld.run(on: engine, settings: settings(mode)) { world in
            let before = try await world.rowCounts()
            await #expect(throws: mode == .invite ? CommunityError.invitationRequired : .registrationClosed) {
                try await world.community.logIn(Self.bobbo)
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// 4.4: "strict single use. Do not revoke the whole token family on reuse: the client has a race".
    @Test(arguments: TestEngine.available) func aRefreshTokenIsGoodOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let terms = CommunitySettings().profileTerms
            let login = try await world.community.logIn(Self.bobbo)
            let next = try await world.community.refresh(login.token, terms: terms, endsCopied: false)
            await #expect(throws: CommunityError.invalidRefreshToken) {
                try await world.community.refresh(login.token, terms: terms, endsCopied: false)
            }
            let third = try await world.community.refresh(next.token, terms: terms, endsCopied: false)
            #expect(third.sessionID == login.sessionID && third.expiresAt == world.clock.now.adding(seconds: 30 * 86_400))
            world.clock.advance(seconds: 30 * 86_400)
            await #expect(throws: CommunityError.invalidRefreshToken) {
                try await world.community.refresh(third.token, terms: terms, endsCopied: false)
            }
        }
    }

    /// The token of one API is none of another, in both directions.
    @Test(arguments: TestEngine.available) func tokensOfOtherAPIsAreNone(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let terms = CommunitySettings().profileTerms
            let (chat, profiles) = (try await world.register("robin"), try await world.community.logIn(Self.bobbo))
            await #expect(throws: CommunityError.invalidRefreshToken) { try await world.community.refresh(profiles.token) }
            await #expect(throws: CommunityError.invalidRefreshToken) {
                try await world.community.refresh(chat.token, terms: terms, endsCopied: false)
            }
            _ = try await world.community.refresh(chat.token)
            _ = try await world.community.refresh(profiles.token, terms: terms, endsCopied: false)
        }
    }

    // MARK: The way there and back

    /// 4.1: "single use, 10 min TTL".
    @Test(arguments: TestEngine.available, [SignInTarget.local, .link]) func whoComesBackIsKnownOnce(
        _ engine: TestEngine, _ target: SignInTarget
    ) async throws {
        try await TestWorld.run(on: engine) { world in
            let state = try await world.community.beginSignIn(to: target)
            #expect(try await world.community.isSigningIn(state))
            #expect(try await world.community.endSignIn(state) == target)
            #expect(try await world.community.endSignIn(state) == nil)
            #expect(try await !world.community.isSigningIn(state))
            #expect(try await world.community.endSignIn("made up") == nil)
        }
    }

    /// Strangers who never come back keep out nobody: the oldest of too many is forgotten.
    @Test(arguments: TestEngine.available) func tooManyOnTheirWayKeepOutNobody(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            var states: [String] = []
            for _ in 0..<4 {
                states.append(try await world.community.beginSignIn(to: .local, limit: 3))
                world.clock.advance(seconds: 1)
            }
            var known: [Bool] = []
            for state in states { known.append(try await world.community.isSigningIn(state)) }
            #expect(known == [false, true, true, true])
        }
    }

    @Test(arguments: TestEngine.available) func whoTakesTooLongStartsAnew(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (late, inTime) = (try await world.community.beginSignIn(to: .local), try await world.community.beginSignIn(to: .local))
            world.clock.advance(seconds: 599)
            #expect(try await world.community.endSignIn(inTime) == .local)
            world.clock.advance(seconds: 1)
            #expect(try await !world.community.isSigningIn(late))
            #expect(try await world.community.endSignIn(late) == nil)
        }
    }
}
