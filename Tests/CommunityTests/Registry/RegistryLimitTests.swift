import Community
import Storage
import StorageTesting
import Testing

/// How much one account may have in the registry (docs/decisions/0014-registry.md), on both engines.
struct RegistryLimitTests {
    private static let settings = {
        var settings = CommunitySettings()
        settings.defaultTags.insert(AccountTag.serviceCreator)
        return settings
    }()

    /// Writes all but one of the rows that there is room for.
    private static func fill(
        _ world: TestWorld, upTo limit: Int, _ sql: StaticString, _ parameters: @escaping @Sendable (_ place: Int) -> [SQLValue]
    ) async throws {
        try await world.database.transaction { tx in
            for place in 1..<limit { try tx.execute(sql, [.integer(tx.nextID())] + parameters(place)) }
        }
    }

    private static func count(_ world: TestWorld, _ sql: StaticString) async throws -> Int64? {
        try await world.database.read { try $0.first(sql, []) { try $0.integer(0) } }
    }

    /// There is room for one more, then for none, which changes nothing; what goes makes room.
    ///
    /// - Parameter rows: counts what there is.
    private static func expect(
        _ refusal: CommunityError, _ world: TestWorld, rows: StaticString, make: () async throws -> Void,
        removeLast: () async throws -> Void
    ) async throws {
        try await make()
        let before = (rows: try await count(world, rows), events: world.events.count)
        await #expect(throws: refusal) { try await make() }
        #expect(try await count(world, rows) == before.rows && world.events.count == before.events)
        try await removeLast()
        try await make()
        await #expect(throws: refusal) { try await make() }
    }

    @Test(arguments: TestEngine.available) func anAccountHasSoManyWorlds(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            try await Self.fill(
                world, upTo: 1_000,
                """
                INSERT INTO worlds (id, owner_id, title, title_key, capacity, tags, is_public, created_at, updated_at)
                VALUES ($1, $2, 'Nest', 'nest', 10, 'avr:private', 0, 0, 0)
                """
            ) { _ in [.integer(robin.rawValue)] }
            var last: World?
            try await Self.expect(
                .limitReached(name: "worlds per account", limit: 1_000), world, rows: "SELECT COUNT(*) FROM worlds",
                make: { last = try await world.visitedWorld(by: robin) },
                removeLast: { try await world.community.deleteWorld(#require(last).reference, by: robin) })
            _ = try await world.visitedWorld(by: wren)
        }
    }

    @Test(arguments: TestEngine.available) func aWorldHasSoManyAssets(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let (place, other) = (try await world.visitedWorld(by: robin), try await world.visitedWorld(by: robin))
            try await Self.fill(
                world, upTo: 256,
                """
                INSERT INTO world_assets (id, world_id, owner_id, version, engine, platform, size, created_at, updated_at)
                VALUES ($1, $2, $3, $4, 'unity', 'windows', 0, 0, 0)
                """
            ) { [.integer(place.id.rawValue), .integer(robin.rawValue), .text("filled-\($0)")] }
            var last: WorldAsset?
            try await Self.expect(
                .limitReached(name: "assets per world", limit: 256), world, rows: "SELECT COUNT(*) FROM world_assets",
                make: { last = try await world.asset(of: place, by: robin) },
                removeLast: { try await world.community.deleteAsset(#require(last).reference, of: place.reference, by: robin) })
            _ = try await world.asset(of: other, by: robin)
        }
    }

    @Test(arguments: TestEngine.available) func anAccountHasSoManyServices(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine, settings: Self.settings) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            try await Self.fill(
                world, upTo: 1_000,
                """
                INSERT INTO services (id, owner_id, title, title_key, version, tags, requirements, created_at, updated_at)
                VALUES ($1, $2, 'Post', 'post', '1.0.0', '', '[]', 0, 0)
                """
            ) { _ in [.integer(robin.rawValue)] }
            func make(by owner: AccountID) async throws -> RegistryService {
                try await world.community.createService(RegistryServiceChanges(), chosenID: nil, by: owner)
            }
            var last: RegistryService?
            try await Self.expect(
                .limitReached(name: "services per account", limit: 1_000), world, rows: "SELECT COUNT(*) FROM services",
                make: { last = try await make(by: robin) },
                removeLast: { try await world.community.deleteService(#require(last).reference, by: robin) })
            _ = try await make(by: wren)
        }
    }

    @Test(arguments: TestEngine.available) func anAccountHasSoManyInstances(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let place = try await world.visitedWorld(by: wren)
            try await Self.fill(
                world, upTo: 100,
                """
                INSERT INTO instances (id, owner_id, name, title, title_key, capacity, world_id, tags, is_listed, created_at, updated_at)
                VALUES ($1, $2, $3, 'Nest', 'nest', 10, $4, 'avr:private', 0, 0, 0)
                """
            ) { [.integer(robin.rawValue), .text("fill-\($0)"), .integer(place.id.rawValue)] }
            var last: Instance?
            try await Self.expect(
                .limitReached(name: "instances per account", limit: 100), world, rows: "SELECT COUNT(*) FROM instances",
                make: { last = try await world.instance(of: place, by: robin) },
                removeLast: { try await world.community.deleteInstance(#require(last).selector, by: robin) })
            // Whose world it is makes no difference.
            _ = try await world.instance(of: place, by: wren)
        }
    }

    @Test(arguments: TestEngine.available) func anAccountFollowsSoMany(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren, owl) = (try await world.account("robin"), try await world.account("wren"), try await world.account("owl"))
            try await Self.fill(
                world, upTo: 1_000, "INSERT INTO follows (id, follower_id, followee_id, created_at) VALUES ($1, $2, $3, 0)"
            ) { [.integer(robin.rawValue), .integer(-Int64($0))] }
            let refusal = CommunityError.limitReached(name: "people that one follows", limit: 1_000)
            _ = try await world.community.follow(wren, by: robin)
            await #expect(throws: refusal) { try await world.community.follow(owl, by: robin) }
            #expect(try await Self.count(world, "SELECT COUNT(*) FROM follows") == 1_000)
            try await world.community.unfollow(wren, by: robin)
            _ = try await world.community.follow(owl, by: robin)
            // Any number may follow one.
            _ = try await world.community.follow(robin, by: wren)
        }
    }
}
