import Community
import Storage
import StorageTesting
import Testing

/// Assets of worlds and their files (contracts/reileta.md 2.5, 4.4), on both engines.
struct WorldAssetTests {
    @Test(arguments: TestEngine.available) func aBuildIsThereOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let (first, second) = (try await world.visitedWorld(by: robin), try await world.visitedWorld(by: robin))
            let made = try await world.asset(of: first, chosenID: TestWorld.firstUUID, by: robin)
            #expect(made.file == nil && made.size == 0 && made.digest == nil)
            await #expect(throws: CommunityError.registryIDTaken) { try await world.asset(of: first, by: robin) }
            await #expect(throws: CommunityError.registryIDTaken) {
                try await world.asset(of: second, chosenID: TestWorld.firstUUID, by: robin)
            }
            _ = try await world.asset(of: second, by: robin)
            let other = try await world.asset(of: first, version: "2", by: robin)
            var changes = WorldAssetChanges()
            changes.version = "1"
            await #expect(throws: CommunityError.registryIDTaken) {
                try await world.community.updateAsset(other.reference, of: first.reference, changes, by: robin)
            }
            // Its own build is in nobody's way.
            #expect(try await world.community.updateAsset(made.reference, of: first.reference, changes, by: robin) == made)
            changes.platform = "linux"
            let changed = try await world.community.updateAsset(other.reference, of: first.reference, changes, by: robin)
            #expect(changed.build == .init(version: "1", engine: "unity", platform: "linux"))
            await #expect(throws: CommunityError.unknownAsset) {
                try await world.community.asset(made.reference, of: second.reference)
            }
        }
    }

    @Test(arguments: TestEngine.available) func aFileThatIsReplacedIsReleased(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            let asset = try await world.asset(of: made, by: robin)
            let (first, second) = (try await world.blob(1, size: 10), try await world.blob(2, size: 20))
            func attach(_ blob: StoredBlob) async throws -> WorldAsset {
                try await world.community.attachFile(blob, to: asset.reference, of: made.reference, by: robin)
            }
            #expect(try await attach(first).file == .stored(first))
            #expect(try await world.references(to: first) == 1)
            // By itself.
            #expect(try await attach(first).size == 10)
            #expect(try await world.references(to: first) == 1)
            #expect(try await attach(second).digest == second.digest)
            #expect(try await world.references(to: first) == 0)
            #expect(try await world.references(to: second) == 1)
            // By one elsewhere.
            var changes = WorldAssetChanges()
            changes.external = .external(url: "https://files.example/nest", digest: first.digest, size: 10)
            let elsewhere = try await world.community.updateAsset(asset.reference, of: made.reference, changes, by: robin)
            #expect(elsewhere.file == changes.external && elsewhere.digest == first.digest)
            #expect(try await world.community.asset(asset.reference, of: made.reference) == elsewhere)
            #expect(try await world.references(to: second) == 0)
            #expect(try await attach(first).file == .stored(first))
            try await world.community.deleteAsset(asset.reference, of: made.reference, by: robin)
            #expect(try await world.references(to: first) == 0)
        }
    }

    @Test(arguments: TestEngine.available) func aFileThatIsGoneIsRefused(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            let asset = try await world.asset(of: made, by: robin)
            let missing = StoredBlob(id: 1, digest: Array(repeating: 1, count: 32), size: 1)
            await #expect(throws: BlobReferenceError.gone(id: 1)) {
                try await world.community.attachFile(missing, to: asset.reference, of: made.reference, by: robin)
            }
            #expect(try await world.community.asset(asset.reference, of: made.reference).file == nil)
        }
    }

    /// What the upload was allowed may be used up meanwhile.
    @Test(arguments: TestEngine.available) func theRoomIsCountedAgainWhenAFileIsKept(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.assetBytesPerAccount = 100
        try await TestWorld.run(on: engine, settings: settings) { world in
            let robin = try await world.account("robin")
            let (first, second) = (try await world.visitedWorld(by: robin), try await world.visitedWorld(by: robin))
            let (one, other) = (try await world.asset(of: first, by: robin), try await world.asset(of: second, by: robin))
            let (large, small, all) = (
                try await world.blob(1, size: 60), try await world.blob(2, size: 41), try await world.blob(3, size: 100)
            )
            let community = world.community
            #expect(try await community.uploadRoom(for: other.reference, of: second.reference, by: robin).bytes == 100)
            _ = try await community.attachFile(large, to: one.reference, of: first.reference, by: robin)
            #expect(try await community.uploadRoom(for: other.reference, of: second.reference, by: robin).bytes == 40)
            #expect(try await community.uploadRoom(for: one.reference, of: first.reference, by: robin).bytes == 100)
            await #expect(throws: CommunityError.limitReached(name: "bytes of files per account", limit: 100)) {
                try await community.attachFile(small, to: other.reference, of: second.reference, by: robin)
            }
            #expect(try await world.references(to: small) == 0)
            #expect(try await community.asset(other.reference, of: second.reference).file == nil)
            // What is replaced makes room.
            #expect(try await community.attachFile(all, to: one.reference, of: first.reference, by: robin).size == 100)
            #expect(try await world.references(to: large) == 0)
        }
    }

    @Test(arguments: TestEngine.available) func listsShowWhatFits(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            let (empty, full) = (try await world.asset(of: made, by: robin), try await world.asset(of: made, version: "2", by: robin))
            _ = try await world.community.attachFile(try await world.blob(1), to: full.reference, of: made.reference, by: robin)
            func found(_ change: (inout WorldAssetFilter) -> Void) async throws -> [WorldAssetID] {
                var filter = WorldAssetFilter()
                change(&filter)
                return try await world.community.assets(of: made.id, filter).map(\.id)
            }
            #expect(try await found { _ in } == [full.id])
            #expect(try await found { $0.includesEmpty = true } == [empty.id, full.id])
            #expect(try await found { ($0.includesEmpty, $0.versions) = (true, ["1", "3"]) } == [empty.id])
            #expect(try await found { $0.engine = "unity" } == [full.id])
            #expect(try await found { $0.engine = "godot" } == [])
            #expect(try await found { $0.platform = "linux" } == [])
        }
    }
}
