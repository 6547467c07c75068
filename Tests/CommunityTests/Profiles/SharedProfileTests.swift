import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Shared mod profiles (contracts/gale.md 7), on both engines.
struct SharedProfileTests {
    private static let manifest = ProfileManifest(
        name: "Rookery", community: "lethal-company",
        mods: [
            .init(name: "BepInEx-BepInExPack", isEnabled: true, version: .init(major: 5, minor: 4, patch: 2100)),
            .init(name: "Owl-\"Quote\"", isEnabled: false, version: .init(major: 0, minor: 4_294_967_295, patch: 1)),
        ])
    private static let other = ProfileManifest(name: "", mods: [])

    /// A blob as an upload leaves it: a row that nothing refers to.
    private func blob(_ number: UInt8, in world: TestWorld) async throws -> StoredBlob {
        try await world.database.transaction { tx in
            let blob = StoredBlob(id: tx.nextID(), digest: Array(repeating: number, count: 32), size: Int64(number))
            try tx.execute(
                "INSERT INTO blobs (id, digest, size, reference_count, touched_at) VALUES ($1, $2, $3, 0, $4)",
                [.integer(blob.id), .blob(blob.digest), .integer(blob.size), .integer(tx.now.microseconds)])
            return blob
        }
    }

    private func summary(of profile: Profile) -> ProfileSummary {
        ProfileSummary(
            id: profile.id, code: profile.code, name: profile.manifest.name, community: profile.manifest.community,
            createdAt: profile.createdAt, updatedAt: profile.updatedAt)
    }

    private func references(to blob: StoredBlob, in world: TestWorld) async throws -> Int64? {
        try await world.database.read { reader in
            try reader.first("SELECT reference_count FROM blobs WHERE id = $1", [.integer(blob.id)]) { try $0.integer(0) }
        }
    }

    @Test(arguments: TestEngine.available) func aProfileIsKept(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let archive = try await blob(1, in: world)
            let made = try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            #expect(made.manifest == Self.manifest && made.archive == archive && made.createdAt == made.updatedAt)
            #expect(made.owner == ProfileOwner(id: robin, discordID: String(robin.rawValue), name: "robin", displayName: "robin"))
            #expect(try await world.community.profile(made.code) == made)
            #expect(try await world.community.profileSummary(made.code) == summary(of: made))
            #expect(try await world.community.profiles(of: robin) == [summary(of: made)])
            #expect(try await references(to: archive, in: world) == 1)
            guard case .profileCreated(let told)? = world.changes.last else {
                Issue.record("no event")
                return
            }
            #expect(told == made)
        }
    }

    /// 7.2: "updatedAt must be strictly greater than before"; "If the clock did not advance, add 1 microsecond."
    @Test(arguments: TestEngine.available, [-10, 0, 5]) func aChangeIsLaterWhateverTheClockDoes(
        _ engine: TestEngine, _ seconds: Int64
    ) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let (first, second) = (try await blob(1, in: world), try await blob(2, in: world))
            let made = try await world.community.createProfile(Self.manifest, archive: first, by: robin)
            world.clock.advance(seconds: seconds)
            let changed = try await world.community.updateProfile(made.code, Self.other, archive: second, by: robin)
            #expect(changed.updatedAt > made.updatedAt && changed.createdAt == made.createdAt)
            #expect(changed.updatedAt == max(world.clock.now, Timestamp(microseconds: made.updatedAt.microseconds + 1)))
            #expect(changed.manifest == Self.other && changed.archive == second && changed.code == made.code)
            #expect(try await world.community.profile(made.code) == changed)
            #expect(try await references(to: first, in: world) == 0)
            #expect(try await references(to: second, in: world) == 1)
            guard case .profileUpdated(let told)? = world.changes.last else {
                Issue.record("no event")
                return
            }
            #expect(told == changed)
        }
    }

    /// The same archive again leaves one reference.
    @Test(arguments: TestEngine.available) func theSameArchiveAgainStays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let archive = try await blob(1, in: world)
            let made = try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            let changed = try await world.community.updateProfile(made.code, Self.manifest, archive: archive, by: robin)
            #expect(changed.updatedAt > made.updatedAt)
            #expect(try await references(to: archive, in: world) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func onlyTheOwnerChangesAProfile(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let (archive, another) = (try await blob(1, in: world), try await blob(2, in: world))
            let made = try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            await #expect(throws: CommunityError.notProfileOwner) {
                try await world.community.updateProfile(made.code, Self.other, archive: another, by: wren)
            }
            await #expect(throws: CommunityError.notProfileOwner) { try await world.community.deleteProfile(made.code, by: wren) }
            await #expect(throws: CommunityError.notProfileOwner) { try await world.community.profile(made.code, ownedBy: wren) }
            #expect(try await world.community.profile(made.code, ownedBy: robin) == made)
            #expect(try await references(to: another, in: world) == 0)
        }
    }

    @Test(arguments: TestEngine.available) func aProfileThatIsGoneIsUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let archive = try await blob(1, in: world)
            let made = try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            try await world.community.deleteProfile(made.code, by: robin)
            await #expect(throws: CommunityError.unknownProfile) { try await world.community.profile(made.code) }
            await #expect(throws: CommunityError.unknownProfile) { try await world.community.deleteProfile(made.code, by: robin) }
            await #expect(throws: CommunityError.unknownProfile) { try await world.community.profileSummary(made.code) }
            try await world.community.countDownload(of: made.id)
            await #expect(throws: CommunityError.unknownProfile) {
                try await world.community.updateProfile(made.code, Self.other, archive: archive, by: robin)
            }
            #expect(try await references(to: archive, in: world) == 0)
            #expect(try await world.community.profiles(of: robin).isEmpty)
            guard case .profileDeleted(let id, let code)? = world.changes.last else {
                Issue.record("no event")
                return
            }
            #expect(id == made.id && code == made.code)
        }
    }

    /// An upload that nobody referred to in time is gone; nothing is written that refers to it.
    @Test(arguments: TestEngine.available) func anArchiveThatIsGoneIsRefused(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let archive = try await blob(1, in: world)
            let made = try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            let missing = StoredBlob(id: archive.id + 1, digest: archive.digest, size: 1)
            await #expect(throws: BlobReferenceError.gone(id: missing.id)) {
                try await world.community.createProfile(Self.manifest, archive: missing, by: robin)
            }
            await #expect(throws: BlobReferenceError.gone(id: missing.id)) {
                try await world.community.updateProfile(made.code, Self.other, archive: missing, by: robin)
            }
            #expect(try await world.community.profiles(of: robin) == [summary(of: made)])
            #expect(try await references(to: archive, in: world) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func thereAreAsManyAsThereMayBe(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.profilesPerAccount = 2
        try await TestWorld.run(on: engine, settings: settings) { world in
            let robin = try await world.account("robin")
            let archive = try await blob(1, in: world)
            for _ in 0..<2 { _ = try await world.community.createProfile(Self.manifest, archive: archive, by: robin) }
            await #expect(throws: CommunityError.limitReached(name: "profiles per account", limit: 2)) {
                try await world.community.createProfile(Self.manifest, archive: archive, by: robin)
            }
            #expect(try await references(to: archive, in: world) == 2)
        }
    }

    @Test(arguments: TestEngine.available) func downloadsAreCounted(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.community.createProfile(Self.manifest, archive: try await blob(1, in: world), by: robin)
            for _ in 0..<3 { try await world.community.countDownload(of: made.id) }
            #expect(try await world.community.profile(made.code).downloads == 3)
            #expect(try await world.community.profile(made.code).updatedAt == made.updatedAt)
        }
    }
}
