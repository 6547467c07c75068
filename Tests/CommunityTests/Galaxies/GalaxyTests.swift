import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 4 and 7.2: making galaxies.
struct GalaxyTests {
    private static func draft(_ id: String = "g1", name: String = "Rookery", owner: String = "u1") throws -> GalaxyDraft {
        try GalaxyDraft(
            id: id, name: name, ownerID: owner, description: "Crows.", iconHash: "abc", flags: SpaceFlags(publicBits: 3, privateBits: 2))
    }

    private static func create(_ draft: GalaxyDraft, by actor: Actor = TestWorld.metadata, claim: String? = nil, in world: TestWorld)
        async throws
        -> (galaxy: Galaxy, isNew: Bool)
    {
        try await world.community.createGalaxy(draft, by: .actor(actor), claim: claim, address: "192.0.2.1")
    }

    /// 7.2: "No channel is created implicitly"; 7: "The owner becomes a member at creation".
    @Test(arguments: TestEngine.available) func aNewGalaxyHasAnOwnerAndNoChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            let (galaxy, isNew) = try await Self.create(Self.draft(), in: world)
            #expect(isNew)
            #expect(galaxy.id == "g1" && galaxy.ownerID == "u1" && galaxy.space.name == "Rookery" && galaxy.space.description == "Crows.")
            #expect(galaxy.iconHash == "abc" && galaxy.flags == SpaceFlags(publicBits: 3, privateBits: 2))
            #expect(galaxy.source == TestWorld.origin && galaxy.space.memberCount == 1)
            #expect(try await world.community.galaxy("g1") == galaxy)
            #expect(try await world.community.galaxyChannels(of: "g1", for: TestWorld.metadataViewer).isEmpty)
            let members = try await world.community.galaxyMembers(of: "g1", for: TestWorld.metadataViewer, after: nil, limit: 10)
            #expect(members.map(\.userID) == ["u1"] && members.map(\.member.role) == [.owner])
        }
    }

    /// 4: "a `sub` that a second identity source claims too is refused": also the owner's who has made a galaxy before anything else.
    @Test(arguments: TestEngine.available) func aNewcomerIsKnownByWhoVouchesForIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            let identity = world.identity("u1", name: "Ada")
            let galaxy = try await world.community.createGalaxy(Self.draft(), by: .newcomer(identity), address: "192.0.2.1").galaxy
            let account = try #require(await world.community.account(of: identity))
            #expect(galaxy.ownerID == "u1" && galaxy.space.ownerID == account.id && account.username == "Ada")
            await #expect(throws: CommunityError.identityTaken) {
                try await world.community.admit(world.identity("u1", issuer: "https://other.example.net"))
            }
            // The audit log names the one who has made it.
            let makers = try await world.database.read { reader in
                try reader.query("SELECT account_id FROM audit_log WHERE action = 'galaxy_created'") { try $0.integer(0) }
            }
            #expect(makers == [account.id.rawValue])
        }
    }

    /// What the owner has signed is used up with the making, and not by a request that is refused.
    @Test(arguments: TestEngine.available) func aRefusedGalaxyUsesNothingUp(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.ambiguousChannel) {
                try await world.community.createGalaxy(Self.draft(), by: .actor(TestWorld.metadata), address: "192.0.2.1") { _ in
                    throw CommunityError.ambiguousChannel
                }
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// 7.2: "Same id again with equal name and ownerId: 200, nothing changed (retry-safe). Same id, anything different: 409".
    @Test(arguments: TestEngine.available) func theSameGalaxyAgainChangesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            for owner in ["u1", "u2"] { try await world.community.addOperator(owner) }
            let first = try await Self.create(Self.draft(), in: world).galaxy
            let rows = try await world.rowCounts()
            let again = try await Self.create(Self.draft(), in: world)
            #expect(!again.isNew && again.galaxy == first)
            for other in [try Self.draft(name: "Other"), try Self.draft(owner: "u2")] {
                await #expect(throws: CommunityError.galaxyConflict) { try await Self.create(other, in: world) }
            }
            #expect(try await world.rowCounts() == rows)
        }
    }

    /// Another metadata server neither learns of the flags of a galaxy by naming it nor takes its id.
    @Test(arguments: TestEngine.available) func anIdThatAnotherServerHasGivenIsTaken(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            for actor in [Actor.metadataServer(origin: "https://other.example.net"), .account(AccountID(1))] {
                await #expect(throws: CommunityError.galaxyConflict) { try await Self.create(Self.draft(), by: actor, in: world) }
            }
        }
    }

    /// A space that was made here has its number as its id on this wire.
    @Test(arguments: TestEngine.available) func theNumberOfASpaceIsNoFreeId(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let space = try await world.space(by: try await world.account("ada")).id
            try await world.community.addOperator("u1")
            let draft = try Self.draft(String(space.rawValue))
            await #expect(throws: CommunityError.galaxyConflict) { try await Self.create(draft, in: world) }
            #expect(try await world.community.galaxy(String(space.rawValue)).space.id == space)
            await #expect(throws: CommunityError.unknownSpace) { try await world.community.galaxy("0\(space.rawValue)") }
            let galaxy = try await Self.create(Self.draft(), in: world).galaxy
            await #expect(throws: CommunityError.unknownSpace) { try await world.community.galaxy(String(galaxy.space.id.rawValue)) }
        }
    }

    /// 4, the decision table: "S2S good, owner not operator and no valid claim => 403/4200 (bad claim 403/4201)".
    @Test(arguments: TestEngine.available) func onlyOperatorsHaveGalaxies(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let rows = try await world.rowCounts()
            await #expect(throws: CommunityError.notOperator) { try await Self.create(Self.draft(), in: world) }
            for claim in ["COSMOS-00000-00000-00000-00000-000000", "nonsense", ""] {
                await #expect(throws: CommunityError.invalidClaimCode) { try await Self.create(Self.draft(), claim: claim, in: world) }
            }
            #expect(try await world.rowCounts() == rows)
        }
    }

    /// 4: "if valid it makes ownerId an operator and creates the galaxy in one transaction".
    @Test(arguments: TestEngine.available) func aClaimCodeMakesOperatorAndGalaxyTogether(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.newClaimCode()
            try await world.galaxy("taken", owner: "u9")
            await #expect(throws: CommunityError.galaxyConflict) { try await Self.create(Self.draft("taken"), claim: code, in: world) }
            // What failed for another reason has not used the code up.
            #expect(try await !world.community.isOperator("u1"))
            #expect(try await Self.create(Self.draft(), claim: code, in: world).isNew)
            #expect(try await world.community.isOperator("u1"))
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await Self.create(Self.draft("g2", owner: "u2"), claim: code, in: world)
            }
        }
    }

    /// 7.2: description, iconHash and the flags are "accepted only from metadata".
    @Test(arguments: TestEngine.available) func aPersonSetsNoFlags(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            let account = try await world.community.admit(world.identity("u1")).id
            let galaxy = try await Self.create(Self.draft(), by: .account(account), in: world).galaxy
            #expect(galaxy.flags == SpaceFlags() && galaxy.iconHash == nil && galaxy.source == "")
            #expect(try await !Self.create(Self.draft(), by: .account(account), in: world).isNew)
        }
    }

    /// 12: maxGalaxies.
    @Test(arguments: TestEngine.available) func thereAreOnlySoManyGalaxies(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.maximumGalaxies = 2
        try await TestWorld.run(on: engine, settings: settings) { world in
            try await world.galaxy("g1")
            try await world.galaxy("g2")
            let full = CommunityError.limitReached(name: "galaxies", limit: 2)
            await #expect(throws: full) { try await world.galaxy("g3") }
            #expect(try await !Self.create(Self.draft("g2"), in: world).isNew)
            try await world.community.deleteGalaxy("g1", by: TestWorld.origin)
            try await world.galaxy("g3")
            // Spaces of people are no galaxies of a metadata server.
            _ = try await world.space(by: try await world.account("ada"))
        }
    }

    @Test(arguments: TestEngine.available) func aGalaxyIsMadeOnceHoweverOftenItIsAskedForAtOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            let draft = try Self.draft()
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { try await Self.create(draft, in: world).isNew } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(made.count(where: { $0 }) == 1 && made.count == 8)
        }
    }

    /// 7.3: an id that can be none is unknown, on both engines.
    @Test(arguments: TestEngine.available) func whatCanBeNoIdIsUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            for id in ["", "g1", "\0", "99999999999999999999", "-1"] {
                await #expect(throws: CommunityError.unknownSpace) { try await world.community.galaxy(id) }
            }
        }
    }
}
