import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Pictures of people and worlds (contracts/reileta.md 2.3), on both engines.
struct PictureTests {
    private static let address = "https://nest.example/picture"

    private static func set(
        _ role: Picture.Role, of id: AccountID, _ blob: StoredBlob, by actor: AccountID, _ world: TestWorld
    ) async throws -> RegistryUser {
        try await world.community.setPicture(
            role, of: id, blob, address: { "\(address)?t=\($0.updatedAt.microseconds)" }, by: actor)
    }

    private static func rows(_ world: TestWorld) async throws -> Int64? {
        try await world.database.read { try $0.first("SELECT COUNT(*) FROM pictures", []) { try $0.integer(0) } }
    }

    @Test(arguments: TestEngine.available) func aThumbnailIsThePictureForAllAPIs(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let blob = try await world.blob(1)
            world.clock.advance(seconds: 5)
            let user = try await Self.set(.thumbnail, of: robin, blob, by: robin, world)
            let picture = Picture(blob: blob, updatedAt: world.clock.now)
            #expect(user.thumbnail == picture && user.banner == nil)
            #expect(user.account.avatarURL == "\(Self.address)?t=\(world.clock.now.microseconds)")
            #expect(user.account.updatedAt == world.clock.now)
            #expect(try await world.community.registryUser(.id(robin)) == user)
            #expect(try await world.references(to: blob) == 1)
            guard case .accountUpdated(let told)? = world.changes.last else {
                Issue.record("\(world.changes)")
                return
            }
            #expect(told == user.account)
        }
    }

    @Test(arguments: TestEngine.available) func aBannerIsOneOfItsOwn(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let (wide, square) = (try await world.blob(1), try await world.blob(2))
            let user = try await Self.set(.banner, of: robin, wide, by: robin, world)
            #expect(user.banner?.blob == wide && user.thumbnail == nil && user.account.avatarURL == nil)
            let both = try await Self.set(.thumbnail, of: robin, square, by: robin, world)
            #expect(both.banner?.blob == wide && both.thumbnail?.blob == square)
            #expect(try await Self.rows(world) == 2)
            let without = try await world.community.removePicture(.banner, of: robin, by: robin)
            #expect(without.banner == nil && without.thumbnail?.blob == square && without.account.avatarURL != nil)
            #expect(try await world.references(to: wide) == 0)
            #expect(try await world.references(to: square) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func aPictureTakesThePlaceOfTheOneBefore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let (first, second) = (try await world.blob(1), try await world.blob(2))
            let before = try await Self.set(.thumbnail, of: robin, first, by: robin, world)
            world.clock.advance(seconds: 5)
            // The same content is another picture, and its address another.
            let again = try await Self.set(.thumbnail, of: robin, first, by: robin, world)
            #expect(again.thumbnail?.updatedAt == world.clock.now && again.account.avatarURL != before.account.avatarURL)
            #expect(try await world.references(to: first) == 1)
            #expect(try await Self.set(.thumbnail, of: robin, second, by: robin, world).thumbnail?.blob == second)
            #expect(try await world.references(to: first) == 0)
            #expect(try await world.references(to: second) == 1)
            #expect(try await Self.rows(world) == 1)
            // One file may be the picture of several.
            _ = try await Self.set(.banner, of: robin, second, by: robin, world)
            #expect(try await world.references(to: second) == 2)
        }
    }

    /// Another API may set the address of a picture, or take it away; what was uploaded stays until it is replaced or removed here.
    @Test(arguments: TestEngine.available, ["https://pictures.example/owl.png", ""])
    func anotherAPISetsAnother(_ engine: TestEngine, _ url: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let blob = try await world.blob(1)
            let uploaded = try await Self.set(.thumbnail, of: robin, blob, by: robin, world)
            var changes = ProfileChanges()
            changes.avatarURL = .set(url)
            _ = try await world.community.updateProfile(of: robin, changes)
            let user = try await world.community.registryUser(.id(robin))
            #expect(user.account.avatarURL == (url.isEmpty ? nil : url) && user.thumbnail == uploaded.thumbnail)
            let removed = try await world.community.removePicture(.thumbnail, of: robin, by: robin)
            #expect(removed.account.avatarURL == nil && removed.thumbnail == nil)
            #expect(try await world.references(to: blob) == 0)
        }
    }

    @Test(arguments: TestEngine.available) func aPictureThatIsElsewhereIsTakenAwayToo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            var changes = ProfileChanges()
            changes.avatarURL = .set("https://pictures.example/owl.png")
            _ = try await world.community.updateProfile(of: robin, changes)
            await #expect(throws: CommunityError.unknownPicture) {
                try await world.community.removePicture(.banner, of: robin, by: robin)
            }
            #expect(try await world.community.removePicture(.thumbnail, of: robin, by: robin).account.avatarURL == nil)
            let events = world.events.count
            await #expect(throws: CommunityError.unknownPicture) {
                try await world.community.removePicture(.thumbnail, of: robin, by: robin)
            }
            #expect(world.events.count == events)
        }
    }

    @Test(arguments: TestEngine.available) func onlyOneselfAndAdministratorsChangePictures(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let root = try await world.administrator()
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let (blob, other) = (try await world.blob(1), try await world.blob(2))
            let refusal = CommunityError.missingTag(AccountTag.admin)
            await #expect(throws: refusal) { try await community.authorizePicture(of: robin, by: wren) }
            await #expect(throws: refusal) { try await Self.set(.thumbnail, of: robin, blob, by: wren, world) }
            #expect(try await world.references(to: blob) == 0)
            try await community.authorizePicture(of: robin, by: robin)
            try await community.authorizePicture(of: robin, by: root)
            await #expect(throws: CommunityError.unknownAccount) { try await community.authorizePicture(of: AccountID(1), by: root) }
            _ = try await Self.set(.thumbnail, of: robin, blob, by: root, world)
            await #expect(throws: refusal) { try await community.removePicture(.thumbnail, of: robin, by: wren) }
            // A file that has gone meanwhile leaves the picture that was there.
            let gone = StoredBlob(id: 1, digest: other.digest, size: 1)
            await #expect(throws: BlobReferenceError.gone(id: 1)) { try await Self.set(.thumbnail, of: robin, gone, by: robin, world) }
            #expect(try await community.registryUser(.id(robin)).thumbnail?.blob == blob)
            #expect(try await world.references(to: blob) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func aWorldHasAPicture(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let place = try await world.visitedWorld(by: robin)
            let (first, second) = (try await world.blob(1), try await world.blob(2))
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await community.setThumbnail(of: place.reference, first, by: wren)
            }
            await #expect(throws: CommunityError.unknownPicture) { try await community.removeThumbnail(of: place.reference, by: robin) }
            world.clock.advance(seconds: 5)
            let shown = try await community.setThumbnail(of: place.reference, first, by: robin)
            #expect(shown.thumbnail == Picture(blob: first, updatedAt: world.clock.now) && shown.updatedAt == world.clock.now)
            #expect(try await community.setThumbnail(of: place.reference, second, by: robin).thumbnail?.blob == second)
            #expect(try await world.references(to: first) == 0)
            await #expect(throws: CommunityError.notRegistryOwner) { try await community.removeThumbnail(of: place.reference, by: wren) }
            try await community.removeThumbnail(of: place.reference, by: robin)
            #expect(try await community.world(place.reference).thumbnail == nil)
            #expect(try await world.references(to: second) == 0)
        }
    }
}
