import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Worlds (contracts/reileta.md 2.5, 4.3), on both engines.
struct WorldTests {
    @Test(arguments: TestEngine.available) func aWorldBeginsWithTheDefaults(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            #expect(made.title == "New world" && made.capacity == 10 && made.description == nil && made.chosenID == nil)
            #expect(made.ownerID == robin && made.tags == ["avr:private", "avr:release"] && made.createdAt == world.clock.now)
            #expect(try await world.community.world(.number(made.id.rawValue)) == made)
        }
    }

    @Test(
        arguments: TestEngine.available,
        [
            (["avr:public", "avr:private"], ["avr:private", "avr:release"]),
            (["avr:public", "avr:develepement", "x", "x"], ["avr:public", "avr:develepement", "x"]),
            (["avr:release", "avr:develepement", "avr:public"], ["avr:release", "avr:public"]),
            (["avr:official"], ["avr:private", "avr:release"]),
        ])
    func tagsThatExcludeEachOtherAreSettled(_ engine: TestEngine, _ tags: (given: [String], kept: [String])) async throws {
        try await TestWorld.run(on: engine) { world in
            let made = try await world.visitedWorld(by: try await world.account("robin"), tags: tags.given)
            #expect(made.tags == tags.kept)
            #expect(try await world.community.world(made.reference).tags == tags.kept)
        }
    }

    @Test(arguments: TestEngine.available) func administratorsMakeWorldsOfficial(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            var changes = WorldChanges()
            changes.tags = ["avr:official", "avr:public"]
            let official = try await world.community.updateWorld(made.reference, changes, by: root)
            #expect(official.tags == ["avr:official", "avr:public", "avr:release"])
            // The owner keeps what it has got.
            changes.tags = ["avr:official"]
            #expect(try await world.community.updateWorld(made.reference, changes, by: robin).tags.contains("avr:official"))
        }
    }

    @Test(arguments: TestEngine.available) func aChosenIDIsTheOnlyOne(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin, chosenID: TestWorld.firstUUID)
            #expect(try await world.community.world(.chosen(TestWorld.firstUUID)) == made)
            await #expect(throws: CommunityError.unknownWorld) { try await world.community.world(.number(made.id.rawValue)) }
            await #expect(throws: CommunityError.registryIDTaken) {
                try await world.visitedWorld(by: robin, chosenID: TestWorld.firstUUID)
            }
            try await world.community.deleteWorld(made.reference, by: robin)
            _ = try await world.visitedWorld(by: robin, chosenID: TestWorld.firstUUID)
        }
    }

    @Test(arguments: TestEngine.available) func aChangeKeepsTheRest(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin, title: "Nest")
            world.clock.advance(seconds: 5)
            var changes = WorldChanges()
            (changes.description, changes.capacity) = (.set("High up"), 3)
            let changed = try await world.community.updateWorld(made.reference, changes, by: robin)
            #expect(changed.title == "Nest" && changed.description == "High up" && changed.capacity == 3 && changed.tags == made.tags)
            #expect(changed.updatedAt == world.clock.now && changed.createdAt == made.createdAt)
            let count = world.events.count
            world.clock.advance(seconds: 5)
            #expect(try await world.community.updateWorld(made.reference, changes, by: robin) == changed)
            #expect(world.events.count == count)
        }
    }

    @Test(arguments: TestEngine.available) func onlyItsOwnerAndAdministratorsChangeAWorld(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let made = try await world.visitedWorld(by: robin)
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await world.community.updateWorld(made.reference, WorldChanges(), by: wren)
            }
            await #expect(throws: CommunityError.notRegistryOwner) { try await world.community.deleteWorld(made.reference, by: wren) }
            await #expect(throws: CommunityError.notRegistryOwner) { try await world.asset(of: made, by: wren) }
            #expect(try await world.community.world(made.reference) == made)
            try await world.community.deleteWorld(made.reference, by: root)
            await #expect(throws: CommunityError.unknownWorld) { try await world.community.world(made.reference) }
        }
    }

    @Test(arguments: TestEngine.available) func withoutTheTagNobodyMakesWorlds(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.defaultTags.remove(AccountTag.worldCreator)
        try await TestWorld.run(on: engine, settings: settings) { world in
            let robin = try await world.account("robin")
            await #expect(throws: CommunityError.missingTag(AccountTag.worldCreator)) { try await world.visitedWorld(by: robin) }
        }
    }

    @Test(arguments: TestEngine.available) func listsShowPrivateWorldsToTheirOwners(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let hidden = try await world.visitedWorld(by: robin, title: "Hidden nest")
            let open = try await world.visitedWorld(by: robin, title: "Open 100% nest", tags: ["avr:public"])
            let other = try await world.visitedWorld(by: wren, title: "Tree", tags: ["avr:public"], chosenID: TestWorld.firstUUID)
            func found(_ change: (inout WorldFilter) -> Void) async throws -> [WorldID] {
                var filter = WorldFilter()
                change(&filter)
                let page = try await world.community.worlds(filter, TestWorld.window)
                #expect(page.total == page.items.count)
                return page.items.map(\.id)
            }
            #expect(try await found { _ in } == [other.id, open.id])
            #expect(try await found { $0.viewer = wren } == [other.id, open.id])
            #expect(try await found { $0.viewer = robin } == [other.id, open.id, hidden.id])
            #expect(try await found { $0.seesAll = true } == [other.id, open.id, hidden.id])
            #expect(try await found { $0.owner = robin } == [open.id])
            #expect(try await found { ($0.query, $0.seesAll) = ("NEST", true) } == [open.id, hidden.id])
            #expect(try await found { ($0.query, $0.seesAll) = ("0%", true) } == [open.id])
            #expect(try await found { ($0.query, $0.seesAll) = ("n_st", true) } == [])
            let named = [hidden.reference, open.reference, other.reference, .number(1)]
            #expect(try await found { $0.references = named } == [open.id, other.id])
            #expect(try await found { ($0.references, $0.viewer) = (named, robin) } == [hidden.id, open.id, other.id])
            var filter = WorldFilter()
            filter.seesAll = true
            let page = try await world.community.worlds(filter, RegistryWindow(limit: 1, offset: 1))
            #expect(page.total == 3 && page.items.map(\.id) == [open.id])
        }
    }

    @Test(arguments: TestEngine.available) func aWorldThatGoesReleasesItsFiles(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.visitedWorld(by: robin)
            let (file, picture) = (try await world.blob(1), try await world.blob(2))
            let assets = [try await world.asset(of: made, by: robin), try await world.asset(of: made, version: "2", by: robin)]
            for asset in assets {
                _ = try await world.community.attachFile(file, to: asset.reference, of: made.reference, by: robin)
            }
            let shown = try await world.community.setThumbnail(of: made.reference, picture, by: robin)
            #expect(shown.thumbnail?.blob == picture)
            #expect(try await world.references(to: file) == 2)
            #expect(try await world.references(to: picture) == 1)
            try await world.community.deleteWorld(made.reference, by: robin)
            #expect(try await world.references(to: file) == 0)
            #expect(try await world.references(to: picture) == 0)
            #expect(try await world.community.assets(of: made.id).isEmpty)
        }
    }
}
