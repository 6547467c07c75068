import Community
import Primitives
import StorageTesting
import Testing

/// Instances as records (contracts/reileta.md 2.8, 4.6), on both engines.
struct InstanceTests {
    @Test(arguments: TestEngine.available) func anInstanceIsLikeItsWorld(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let place = try await world.visitedWorld(by: robin, title: "Nest", chosenID: TestWorld.firstUUID)
            let made = try await world.instance(of: place, by: wren)
            #expect(made.title == "Nest" && made.capacity == 10 && made.ownerID == wren && made.worldChosenID == TestWorld.firstUUID)
            #expect(made.tags == ["avr:private"] && !made.hasPassword && made.whitelist == nil && made.hasWorld)
            #expect(made.name.count == 6 && made.name.allSatisfy { "0123456789abcdef".contains($0) })
            #expect(try await world.community.instance(made.selector) == made)
            #expect(try await world.community.instance(.name(made.name)) == made)
            await #expect(throws: CommunityError.unknownWorld) {
                try await world.community.createInstance(InstanceChanges(), of: .number(1), chosenID: nil, by: wren)
            }
        }
    }

    @Test(arguments: TestEngine.available) func aNameIsThereOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let place = try await world.visitedWorld(by: robin)
            let first = try await world.instance(of: place, by: robin, name: "nest-1", chosenID: TestWorld.firstUUID)
            await #expect(throws: CommunityError.registryIDTaken) { try await world.instance(of: place, by: robin, name: "nest-1") }
            await #expect(throws: CommunityError.registryIDTaken) {
                try await world.instance(of: place, by: robin, chosenID: TestWorld.firstUUID)
            }
            let second = try await world.instance(of: place, by: robin, name: "nest_2.")
            var changes = InstanceChanges()
            changes.name = "nest-1"
            await #expect(throws: CommunityError.registryIDTaken) {
                try await world.community.updateInstance(second.selector, changes, by: robin)
            }
            #expect(try await world.community.updateInstance(first.selector, changes, by: robin) == first)
        }
    }

    @Test(arguments: TestEngine.available, ["ab", "abcdefghi", "Abc", "a c", "a/b", "\u{e9}cole", "abc\n"])
    func otherNamesAreRefused(_ engine: TestEngine, _ name: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let place = try await world.visitedWorld(by: robin)
            let error = await #expect(throws: CommunityError.self) { try await world.instance(of: place, by: robin, name: name) }
            guard case .invalid? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    /// contracts/reileta.md 4.6: the strictest stays.
    @Test(
        arguments: TestEngine.available,
        [
            ([], ["avr:private"]), (["avr:public"], ["avr:public"]), (["avr:public", "avr:friends_plus"], ["avr:friends_plus"]),
            (["avr:friends_only", "avr:friends_plus"], ["avr:friends_only"]),
            (["avr:invite_plus", "avr:friends_only"], ["avr:invite_plus"]),
            (["avr:invite_plus", "avr:invite_only"], ["avr:invite_only"]), (["avr:private", "avr:invite_only"], ["avr:private"]),
            (["avr:kill_on_owner_leave", "avr:public"], ["avr:public", "avr:kill_on_owner_leave"]),
            (["avr:permanent", "avr:official", "avr:public", "avr:public"], ["avr:public"]),
        ])
    func theStrictestVisibilityStays(_ engine: TestEngine, _ tags: (given: [String], kept: [String])) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.instance(of: try await world.visitedWorld(by: robin), by: robin, tags: tags.given)
            #expect(made.tags == tags.kept)
            #expect(try await world.community.instance(made.selector).tags == tags.kept)
        }
    }

    @Test(arguments: TestEngine.available) func tagsAreKnownAndSomeAreForAdministrators(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let robin = try await world.account("robin")
            let place = try await world.visitedWorld(by: robin)
            await #expect(throws: CommunityError.unknownTag("avr:secret")) {
                try await world.instance(of: place, by: robin, tags: ["avr:public", "avr:secret"])
            }
            let own = ["avr:permanent", "avr:official", "avr:kill_on_owner_leave"]
            let official = try await world.instance(of: place, by: root, tags: own)
            #expect(official.tags == ["avr:private", "avr:permanent", "avr:official"] && official.isListed && official.isPermanent)
            let made = try await world.instance(of: place, by: robin)
            var changes = InstanceChanges()
            changes.tags = ["avr:permanent"]
            #expect(try await world.community.updateInstance(made.selector, changes, by: root).isPermanent)
            // Its owner keeps what an administrator has given, and gives itself no more.
            changes.tags = ["avr:permanent", "avr:official", "avr:public"]
            #expect(try await world.community.updateInstance(made.selector, changes, by: robin).tags == ["avr:public", "avr:permanent"])
        }
    }

    @Test(arguments: TestEngine.available) func listsShowWhatIsListedOrOwnOrEntered(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let (nest, tree) = (
                try await world.visitedWorld(by: robin, title: "Nest"), try await world.visitedWorld(by: robin, title: "Tree")
            )
            let open = try await world.instance(of: nest, by: robin, name: "open", tags: ["avr:public"])
            let hidden = try await world.instance(of: nest, by: robin, name: "hidden")
            let other = try await world.instance(of: tree, by: wren, name: "other", tags: ["avr:public"])
            func found(_ change: (inout InstanceFilter) -> Void) async throws -> [InstanceID] {
                var filter = InstanceFilter()
                change(&filter)
                let page = try await world.community.instances(filter, TestWorld.window)
                #expect(page.total == page.items.count)
                return page.items.map(\.id)
            }
            #expect(try await found { _ in } == [other.id, open.id])
            #expect(try await found { $0.viewer = robin } == [other.id, hidden.id, open.id])
            #expect(try await found { $0.seesAll = true } == [other.id, hidden.id, open.id])
            #expect(try await found { ($0.viewer, $0.entered) = (wren, [hidden.id, open.id]) } == [other.id, hidden.id, open.id])
            #expect(try await found { ($0.entered, $0.world) = ([hidden.id], tree.reference) } == [other.id])
            #expect(try await found { $0.world = .number(1) } == [])
            #expect(try await found { $0.owner = robin } == [open.id])
            #expect(try await found { $0.query = "OTH" } == [other.id])
            #expect(try await found { $0.query = "nest" } == [open.id])
            let named: [InstanceSelector] = [hidden.selector, .name("open"), .name("none")]
            #expect(try await found { $0.references = named } == [open.id])
            #expect(try await found { ($0.references, $0.viewer) = (named, robin) } == [hidden.id, open.id])
            // Without its world an instance can be read, and is in no list.
            try await world.community.deleteWorld(tree.reference, by: robin)
            #expect(try await !world.community.instance(other.selector).hasWorld)
            #expect(try await found { _ in } == [open.id])
        }
    }

    @Test(arguments: TestEngine.available) func emptyInstancesGo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let place = try await world.visitedWorld(by: root)
            func make(_ name: String, _ tags: [String] = []) async throws -> InstanceID {
                try await world.instance(of: place, by: root, name: name, tags: tags).id
            }
            let (empty, occupied) = (try await make("empty"), try await make("busy"))
            let (left, leftLong) = (try await make("left"), try await make("longago"))
            let elsewhere = try await make("elsewhr")
            let permanent = try await make("stays", ["avr:permanent"])
            world.clock.advance(seconds: 300)
            let moment = world.clock.now
            world.clock.advance(seconds: 1)
            // Another process has people in it.
            try await world.community.noteOccupied([elsewhere])
            let new = try await make("new")
            try await world.community.removeEmptyInstances(
                madeBefore: moment, occupied: [occupied],
                emptySince: [left: moment.adding(seconds: 1), leftLong: moment])
            var filter = InstanceFilter()
            filter.seesAll = true
            #expect(
                try await world.community.instances(filter, TestWorld.window).items.map(\.id) == [
                    new, permanent, elsewhere, left, occupied,
                ])
            let gone = world.changes.suffix(2).compactMap { change -> InstanceID? in
                guard case .instanceChanged(let instance, .deleted) = change else { return nil }
                return instance.id
            }
            #expect(Set(gone) == [empty, leftLong])
        }
    }

    @Test(arguments: TestEngine.available) func aPasswordOpensAnInstance(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let robin = try await world.account("robin")
            let made = try await world.instance(of: try await world.visitedWorld(by: robin), by: robin)
            var changes = InstanceChanges()
            changes.password = .set("sesame")
            #expect(try await world.community.updateInstance(made.selector, changes, by: robin).hasPassword)
            #expect(try await world.community.instance(made.selector).hasPassword)
            #expect(try await world.community.opens(made.id, .typed("sesame")))
            #expect(try await !world.community.opens(made.id, .typed("barley")))
            changes.password = .set(nil)
            #expect(try await !world.community.updateInstance(made.selector, changes, by: robin).hasPassword)
            #expect(try await !world.community.opens(made.id, .typed("sesame")))
        }
    }
}
