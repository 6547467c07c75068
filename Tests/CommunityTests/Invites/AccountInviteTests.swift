import Community
import Storage
import StorageTesting
import Testing

/// contracts/dawchat.md 2, rows 5 to 7: invitations to the server.
struct AccountInviteTests {
    /// Row 5: "those I created, used ones too, oldest first"; 1.3: 44 characters.
    @Test(arguments: TestEngine.available) func makersSeeWhatBecameOfTheirInvitations(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            var made: [AccountInvite] = []
            for _ in 0..<3 {
                world.clock.advance(seconds: 1)
                made.append(try await world.community.createAccountInvite(by: ada))
                #expect(made.last?.createdAt == world.clock.now)
            }
            _ = try await world.community.createAccountInvite(by: eve)
            #expect(made.allSatisfy { $0.token.utf8.count == 44 && $0.token.hasSuffix("=") && $0.acceptedBy == nil && $0.inviterID == ada })
            #expect(Set(made.map(\.token)).count == 3)
            let joan = try await Self.register("joan", with: made[1].token, in: world)
            made[1].acceptedBy = Author(joan)
            #expect(try await world.community.accountInvites(by: ada) == made)
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.createAccountInvite(by: AccountID(1)) }
        }
    }

    /// 1.3: "any string is compared literally (test data uses the token startuserinvitetoken)".
    @Test(arguments: TestEngine.available, ["startuserinvitetoken", "a", "%", "Ünïcode=", " x "])
    func tokensAreComparedAsTheyAre(_ engine: TestEngine, _ token: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            try await world.write(
                "INSERT INTO account_invites (token, inviter_id, created_at) VALUES ($1, $2, 0)", [.text(token), .integer(ada.rawValue)])
            for wrong in [token.uppercased() + "=", token + " ", " " + token, String(token.dropLast())] where wrong != token {
                await #expect(throws: CommunityError.self) { try await Self.register("wrong", with: wrong, in: world) }
            }
            _ = try await Self.register("joan", with: token, in: world)
            await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("kim", with: token, in: world) }
            try await world.community.removeAccountInvites([token], by: ada)
            #expect(try await world.community.accountInvites(by: ada).isEmpty)
        }
    }

    /// Detail 7: "used invites can be removed too (the created account stays)"; all of them or none, 404 before 403.
    @Test(arguments: TestEngine.available) func invitationsAreRemovedTogetherOrNotAtAll(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let used = try await world.community.createAccountInvite(by: ada).token
            let open = try await world.community.createAccountInvite(by: ada).token
            let foreign = try await world.community.createAccountInvite(by: eve).token
            let joan = try await Self.register("joan", with: used, in: world)
            let before = try await world.rowCounts()
            for unknown in ["no such token", "", "\u{0}", open.lowercased() + "x"] {
                await #expect(throws: CommunityError.unknownAccountInvite) {
                    try await world.community.removeAccountInvites([open, foreign, unknown], by: ada)
                }
            }
            await #expect(throws: CommunityError.notOwnInvite) { try await world.community.removeAccountInvites([open, foreign], by: ada) }
            try await world.community.removeAccountInvites([], by: ada)
            #expect(try await world.rowCounts() == before)
            try await world.community.removeAccountInvites([open, used, open], by: ada)
            #expect(try await world.community.accountInvites(by: ada).isEmpty)
            #expect(try await world.community.accountInvites(by: eve).map(\.token) == [foreign])
            #expect(try await world.community.account(joan.id) == joan)
            await #expect(throws: CommunityError.invalidInvitation) { try await Self.register("kim", with: open, in: world) }
        }
    }

    /// Bounded by design: 100 open ones per account; used ones do not count, and a list shows the newest thousand.
    @Test(arguments: TestEngine.available) func anAccountHasABoundedNumberOfInvitations(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            for _ in 0..<Limits.accountInvitesPerAccount { _ = try await world.community.createAccountInvite(by: ada) }
            let full = CommunityError.limitReached(name: "open invitations per account", limit: Limits.accountInvitesPerAccount)
            await #expect(throws: full) { try await world.community.createAccountInvite(by: ada) }
            _ = try await world.community.createAccountInvite(by: eve)
            try await world.write("UPDATE account_invites SET accepted_by = $1 WHERE inviter_id <> $1", [.integer(eve.rawValue)])
            try await world.write(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
                INSERT INTO account_invites (token, inviter_id, created_at, accepted_by) SELECT 'token ' || n, $2, n, $3 FROM numbers
                """, [.integer(Int64(Limits.listedAccountInvites)), .integer(ada.rawValue), .integer(eve.rawValue)])
            let last = try await world.community.createAccountInvite(by: ada)
            let listed = try await world.community.accountInvites(by: ada)
            #expect(listed.count == Limits.listedAccountInvites && listed.contains(last))
            #expect(listed.first?.token == "token \(Limits.accountInvitesPerAccount + 2)")
        }
    }

    private static func register(_ username: String, with token: String, in world: TestWorld) async throws -> Account {
        let registration = Registration(
            username: username, password: TestWorld.password, inviteToken: token, alwaysNeedsInvite: true)
        return try await world.community.createAccount(registration, address: "a")
    }
}
