import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 6.6: "Not live inheritance but sync".
struct CategoryTests {
    /// A category with two channels in it, made before it has rules.
    private static func birds(in world: TestWorld) async throws {
        try await world.galaxy()
        try await world.galaxyChannel("birds", kind: .category)
        for child in ["crows", "owls"] { try await world.galaxyChannel(child, in: "birds") }
    }

    private static func rules(of channel: String, in world: TestWorld) async throws -> [String] {
        let shown = try await world.community.galaxyChannel(channel, of: "g1", for: TestWorld.metadataViewer)
        return ["\(shown.everyone.rawValue)"] + shown.overrides.map { "\($0.kind.rawValue) \($0.id) \($0.permissions.rawValue)" }
    }

    private static let plain = ["37080641"]
    private static let quiet = ["37080641", "2 g1 2048"]

    /// "a child made under a category starts with a copy".
    @Test(arguments: TestEngine.available) func aChildBeginsAsItsCategoryIs(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            _ = try await world.everyone([.viewChannel, .sendMessages], in: "birds", of: "g1", by: TestWorld.metadata)
            try await world.galaxyChannel("jays", in: "birds")
            #expect(try await Self.rules(of: "jays", in: world) == ["3072", "2 g1 2048"])
            try await world.galaxyChannel("outside")
            #expect(try await Self.rules(of: "outside", in: world) == Self.plain)
        }
    }

    /// "when the category changes, children still equal to its old values follow in the same transaction".
    @Test(arguments: TestEngine.available) func syncedChildrenFollow(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            let count = world.events.count
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            for channel in ["birds", "crows", "owls"] { #expect(try await Self.rules(of: channel, in: world) == Self.quiet, "\(channel)") }
            #expect(
                world.told(after: count).filter { $0.hasPrefix("updated") }.sorted() == ["updated birds", "updated crows", "updated owls"])
            _ = try await world.community.removeChannelOverride(.roleDeny, "g1", in: "birds", of: "g1", by: TestWorld.metadata)
            #expect(try await Self.rules(of: "crows", in: world) == Self.plain)
            _ = try await world.everyone(.reading, in: "birds", of: "g1", by: TestWorld.metadata)
            #expect(try await Self.rules(of: "owls", in: world) == ["66560"])
        }
    }

    /// "editing a child's permissions ends it; making them equal again restores it".
    @Test(arguments: TestEngine.available) func anEditedChildGoesItsOwnWay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            try await world.rule(.roleDeny, "g1", .addReactions, in: "crows")
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            #expect(try await Self.rules(of: "crows", in: world) == ["37080641", "2 g1 64"])
            #expect(try await Self.rules(of: "owls", in: world) == Self.quiet)
            // Whatever is changed about it, it stays where it is.
            #expect(try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows").parentID == "birds")
            #expect(try await Self.rules(of: "crows", in: world) == Self.quiet)
            _ = try await world.community.removeChannelOverride(.roleDeny, "g1", in: "birds", of: "g1", by: TestWorld.metadata)
            #expect(try await Self.rules(of: "crows", in: world) == Self.plain)
        }
    }

    /// What everyone has may be written down or inherited: equal is equal.
    @Test(arguments: TestEngine.available) func theSameNumbersAreTheSameRules(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            _ = try await world.everyone(Permissions.everyoneDefault.intersection(.channel), in: "crows", of: "g1", by: TestWorld.metadata)
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            #expect(try await Self.rules(of: "crows", in: world) == Self.quiet)
        }
    }

    /// "Moving a channel changes nothing unless the body has syncPermissions: true".
    @Test(arguments: TestEngine.available) func movingKeepsTheRules(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "birds")
            try await world.galaxyChannel("outside")
            func update(_ changes: GalaxyChannelChanges) async throws -> GalaxyChannel {
                try await world.community.updateGalaxyChannel("outside", of: "g1", by: TestWorld.metadata, changes)
            }
            #expect(try await update(GalaxyChannelChanges(parentID: .set("birds"))).parentID == "birds")
            #expect(try await Self.rules(of: "outside", in: world) == Self.plain)
            #expect(try await update(GalaxyChannelChanges(syncsPermissions: true)).parentID == "birds")
            #expect(try await Self.rules(of: "outside", in: world) == Self.quiet)
            #expect(try await update(GalaxyChannelChanges(parentID: .set(nil))).parentID == nil)
            #expect(try await Self.rules(of: "outside", in: world) == Self.quiet)
            // Without a category there is nothing to follow.
            _ = try await update(GalaxyChannelChanges(syncsPermissions: true))
            #expect(try await Self.rules(of: "outside", in: world) == Self.quiet)
            for channel in ["crows", "nothing", "outside"] {
                await #expect(throws: CommunityError.invalidParent, "\(channel)") {
                    _ = try await update(GalaxyChannelChanges(parentID: .set(channel)))
                }
            }
            await #expect(throws: CommunityError.invalidParent) {
                try await world.community.updateGalaxyChannel(
                    "birds", of: "g1", by: TestWorld.metadata, GalaxyChannelChanges(parentID: .set("birds")))
            }
        }
    }

    /// 6.5 holds for taking over a category's rules as well: who manages channels only may not open one that is closed.
    @Test(arguments: TestEngine.available) func takingOverRulesNeedsTheRightToSetThem(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            let galaxy = try await world.community.galaxy("g1")
            let (mover, keeper) = (try await world.galaxyMember("mover"), try await world.galaxyMember("keeper"))
            _ = try await world.role(.manageChannels, in: galaxy.space.id, of: [mover])
            _ = try await world.role([.manageChannels, .manageRoles], in: galaxy.space.id, of: [keeper])
            try await world.rule(.roleDeny, "g1", [.sendMessages, .manageMessages], in: "crows")
            let sync = GalaxyChannelChanges(syncsPermissions: true)
            await #expect(throws: CommunityError.missingPermission(.manageRoles)) {
                try await world.community.updateGalaxyChannel("crows", of: "g1", by: .account(mover), sync)
            }
            await #expect(throws: CommunityError.cannotGrant([.sendMessages, .manageMessages])) {
                try await world.community.updateGalaxyChannel("crows", of: "g1", by: .account(keeper), sync)
            }
            #expect(try await Self.rules(of: "crows", in: world) == ["37080641", "2 g1 10240"])
            // Where nothing changes there is nothing to allow.
            _ = try await world.community.updateGalaxyChannel("owls", of: "g1", by: .account(mover), sync)
        }
    }

    /// 6.6: moving a channel is placing it: the category, or the whole galaxy, decides.
    @Test(arguments: TestEngine.available) func movingNeedsTheRightWhereItGoes(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await Self.birds(in: world)
            let helper = try await world.galaxyMember("helper")
            try await world.galaxyChannel("fish", kind: .category)
            try await world.galaxyChannel("secret", kind: .category)
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "secret")
            for channel in ["crows", "birds"] { try await world.rule(.memberAllow, "helper", .manageChannels, in: channel) }
            func move(to parent: Change<String>) async throws {
                _ = try await world.community.updateGalaxyChannel(
                    "crows", of: "g1", by: .account(helper), GalaxyChannelChanges(parentID: parent))
            }
            let missing = CommunityError.missingPermission(.manageChannels)
            await #expect(throws: missing) { try await move(to: .set("fish")) }
            await #expect(throws: missing) { try await move(to: .set(nil)) }
            await #expect(throws: CommunityError.invalidParent) { try await move(to: .set("secret")) }
            // Where it is it may stay.
            try await move(to: .set("birds"))
            try await world.rule(.memberAllow, "helper", .manageChannels, in: "fish")
            try await move(to: .set("fish"))
        }
    }
}
