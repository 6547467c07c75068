import Primitives
import Security
import Storage
import StorageTesting
import Testing

@testable import Community

/// People of the registry (contracts/reileta.md 2.2, 2.3), on both engines.
struct RegistryUserTests {
    private func logIn(_ name: String, _ world: TestWorld, _ password: PasswordSecret = .typed(TestWorld.password)) async throws
        -> LoginSession
    {
        try await world.community.logIn(.username(name), password, terms: world.community.registryTerms, tag: AccountTag.logIn)
    }

    private func isOpen(_ login: LoginSession, _ world: TestWorld) async throws -> Bool {
        try await world.community.session(login.sessionID, of: login.account.id) != nil
    }

    @Test(arguments: TestEngine.available) func theDigestEqualsThePassword(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let digest = Hex.encode(SHA256.hash(TestWorld.password.utf8))
            #expect(try await logIn("robin", world, PasswordSecret(digest)).account.id == robin)
            #expect(try await logIn("robin", world, PasswordSecret(TestWorld.password)).account.id == robin)
            await #expect(throws: CommunityError.invalidCredentials) {
                try await logIn("robin", world, PasswordSecret(digest.uppercased()))
            }
            // And a password that was set as a digest equals the typed one.
            let session = try await logIn("robin", world)
            var changes = RegistryUserChanges()
            changes.password = PasswordSecret(Hex.encode(SHA256.hash("another password".utf8)))
            _ = try await world.community.updateRegistryUser(robin, changes, by: robin, session: session.sessionID)
            #expect(try await world.community.logIn(.username("robin"), password: "another password").account.id == robin)
            await #expect(throws: CommunityError.invalidCredentials) { try await logIn("robin", world) }
        }
    }

    @Test(arguments: TestEngine.available) func aNewPasswordEndsTheOtherLoginsOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let first = try await world.register("robin")
            let (own, other) = (try await logIn("robin", world), try await logIn("robin", world))
            let stranger = try await world.register("wren")
            var changes = RegistryUserChanges()
            changes.password = .typed("another password")
            let robin = first.account.id
            _ = try await world.community.updateRegistryUser(robin, changes, by: robin, session: own.sessionID)
            #expect(try await isOpen(own, world))
            #expect(try await !isOpen(other, world))
            #expect(try await !isOpen(first, world))
            #expect(try await isOpen(stranger, world))
        }
    }

    @Test(arguments: TestEngine.available) func whoeverIsDisabledIsOutOfTheRegistryOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let plain = try await world.register("robin")
            let registry = try await logIn("robin", world)
            var changes = RegistryUserChanges()
            changes.tags = [AccountTag.disabled, AccountTag.disabled, AccountTag.root]
            let user = try await world.community.updateRegistryUser(
                plain.account.id, changes, by: root, session: plain.sessionID)
            #expect(user.tags == [AccountTag.disabled])
            #expect(try await !isOpen(registry, world))
            #expect(try await isOpen(plain, world))
            await #expect(throws: CommunityError.missingTag(AccountTag.logIn)) { try await logIn("robin", world) }
            await #expect(throws: CommunityError.invalidCredentials) { try await logIn("robin", world, .typed("wrong")) }
        }
    }

    @Test(arguments: TestEngine.available) func theLastAdministratorStays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let root = try await world.administrator()
            let robin = try await world.register("robin")
            let session = robin.sessionID
            var none = RegistryUserChanges()
            none.tags = []
            await #expect(throws: CommunityError.lastAdministrator) {
                try await community.updateRegistryUser(root, none, by: root, session: session)
            }
            await #expect(throws: CommunityError.lastAdministrator) { try await community.deleteRegistryUser(root, by: root) }
            var admin = RegistryUserChanges()
            admin.tags = [AccountTag.admin, AccountTag.bot]
            await #expect(throws: CommunityError.missingTag(AccountTag.admin)) {
                try await community.updateRegistryUser(robin.account.id, admin, by: robin.account.id, session: session)
            }
            let made = try await community.updateRegistryUser(robin.account.id, admin, by: root, session: session)
            #expect(made.account.isAdministrator && made.tags == [AccountTag.bot])
            #expect(made.shownTags == [AccountTag.admin, AccountTag.bot])
            #expect(try await community.registryUser(.id(robin.account.id)) == made)
            #expect(try await community.mainAdministrator().id == root)
            #expect(try await !community.updateRegistryUser(root, none, by: root, session: session).account.isAdministrator)
            #expect(try await community.mainAdministrator().id == robin.account.id)
        }
    }

    @Test(arguments: TestEngine.available) func deletingHandsSpacesOverAndRemovesEverything(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let robin = try await world.account("robin")
            let wren = try await world.account("wren")
            let login = try await logIn("robin", world)
            let (shared, alone) = (try await world.space(by: robin), try await world.space(by: robin))
            try await world.join(shared.id, wren, invitedBy: robin)
            let place = try await world.visitedWorld(by: robin)
            let asset = try await world.asset(of: place, by: robin)
            let (file, picture) = (try await world.blob(1), try await world.blob(2))
            _ = try await community.attachFile(file, to: asset.reference, of: place.reference, by: robin)
            _ = try await community.setPicture(.banner, of: robin, picture, address: { _ in "https://a.example/" }, by: robin)
            let instance = try await world.instance(of: place, by: robin)
            _ = try await community.follow(robin, by: wren)
            _ = try await community.follow(wren, by: robin)

            await #expect(throws: CommunityError.missingTag(AccountTag.deleteUser)) {
                try await community.deleteRegistryUser(robin, by: wren)
            }
            try await community.deleteRegistryUser(robin, by: robin)
            await #expect(throws: CommunityError.unknownAccount) { try await community.registryUser(.id(robin)) }
            await #expect(throws: CommunityError.unknownAccount) { try await community.registryUser(.username("robin")) }
            await #expect(throws: CommunityError.invalidCredentials) { try await logIn("robin", world) }
            #expect(try await !isOpen(login, world))
            await #expect(throws: CommunityError.unknownWorld) { try await community.world(place.reference) }
            await #expect(throws: CommunityError.unknownInstance) { try await community.instance(instance.selector) }
            #expect(try await world.references(to: file) == 0)
            #expect(try await world.references(to: picture) == 0)
            #expect(try await community.following(of: wren) == Following(following: [], friends: []))
            let owners = try await world.database.read { reader in
                try [shared.id, alone.id].map { id in
                    try reader.first("SELECT owner_id FROM spaces WHERE id = $1 AND deleted_at IS NULL", [.integer(id.rawValue)]) {
                        try $0.integer(0)
                    }
                }
            }
            #expect(owners == [wren.rawValue, nil])
        }
    }
}
