import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 6.3 and 6.5: setting the rules of a channel.
struct ChannelRuleTests {
    /// 6.3: "Output sorted by (type, id)"; "an id may have both an allow and a deny entry".
    @Test(arguments: TestEngine.available) func rulesAreShownByKindAndTarget(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            let role = String(try await world.role(in: galaxy.space.id, of: [member]).rawValue)
            try await world.galaxyChannel("crows")
            let local = String(try await world.account("ada").rawValue)
            for (kind, target) in [
                (.memberDeny, "u2"), (.roleDeny, role), (.memberAllow, local), (.memberAllow, "u2"), (.roleAllow, "g1"), (.roleAllow, role),
            ] as [(PermissionOverride.Kind, String)] {
                try await world.rule(kind, target, .sendMessages, in: "crows")
            }
            // The same kind and target again is another number of the same rule.
            let channel = try await world.rule(.memberDeny, "u2", [.sendMessages, .attachFiles], in: "crows")
            #expect(
                channel.overrides.map { "\($0.kind.rawValue) \($0.id) \($0.permissions.rawValue)" } == [
                    "0 g1 2048", "0 \(role) 2048", "1 u2 2048", "1 \(local) 2048", "2 \(role) 2048", "3 u2 34816",
                ])
            #expect(
                try await world.community.galaxyChannel("crows", of: "g1", for: TestWorld.metadataViewer).overrides == channel.overrides)
        }
    }

    /// 6.3: "Unknown type, foreign bit, duplicate => 400/4403 (never stored, so nothing unknown can fail open)"; "subset of CH, not 0".
    @Test(
        arguments: [
            (.roleAllow, "g1", 0), (.roleAllow, "g1", 8), (.roleAllow, "g1", 2_048 | 2), (.memberDeny, "u1", 1 << 12),
            (.memberDeny, "u1", 1 << 31),
            (.roleAllow, "12345", 2_048), (.roleDeny, "", 2_048), (.roleDeny, "g2", 2_048), (.memberAllow, "nobody", 2_048),
            (.memberAllow, "g1", 2_048), (.memberAllow, "\0", 2_048),
        ] as [(PermissionOverride.Kind, String, Int64)])
    func whatIsNoRuleIsRefused(_ kind: PermissionOverride.Kind, _ target: String, _ bits: Int64) async throws {
        for engine in TestEngine.available {
            try await TestWorld.run(on: engine) { world in
                try await world.galaxy()
                try await world.galaxyChannel("crows")
                let rows = try await world.rowCounts()
                await #expect {
                    try await world.rule(kind, target, Permissions(rawValue: bits), in: "crows")
                } throws: { error in
                    if case CommunityError.invalidPermissions = error { true } else { false }
                }
                #expect(try await world.rowCounts() == rows)
            }
        }
    }

    /// A role of one galaxy is none of another.
    @Test(arguments: TestEngine.available) func rolesOfOtherGalaxiesAreUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy("g1")
            let other = try await world.galaxy("g2")
            let role = try await world.role(in: other.space.id, of: [])
            try await world.galaxyChannel("crows")
            for target in [String(role.rawValue), String(other.space.id.rawValue), "g2"] {
                await #expect(throws: CommunityError.self, "\(target)") {
                    try await world.rule(.roleAllow, target, .sendMessages, in: "crows")
                }
            }
        }
    }

    /// 6.3: "defaultPermissions = channel bits only", and "channels that never changed defaultPermissions follow".
    @Test(arguments: TestEngine.available) func everyoneHasChannelBitsOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            try await world.galaxyChannel("crows")
            for bits in [2, 8, 1 << 12, 1 << 31] as [Int64] {
                await #expect(throws: CommunityError.self, "\(bits)") {
                    try await world.everyone(Permissions(rawValue: bits), in: "crows", of: "g1", by: TestWorld.metadata)
                }
            }
            let set = try await world.everyone(.reading, in: "crows", of: "g1", by: TestWorld.metadata)
            #expect(set.everyone == .reading)
            func seen() async throws -> Permissions {
                try await world.community.galaxyChannel("crows", of: "g1", for: .account(member)).permissions.intersection(.channel)
            }
            #expect(try await seen() == .reading)
            let back = try await world.everyone(nil, in: "crows", of: "g1", by: TestWorld.metadata)
            #expect(back.everyone == Permissions.everyoneDefault.intersection(.channel))
            #expect(try await seen() == Permissions.everyoneDefault.intersection(.channel))
        }
    }

    /// 6.3: "At most 100 entries."
    @Test(arguments: TestEngine.available) func aChannelHasAHundredRules(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let channel = try await world.galaxyChannel("crows").channel.id
            for number in 0..<100 {
                try await world.write(
                    "INSERT INTO channel_overrides (channel_id, kind, target_id, permissions) VALUES ($1, 3, $2, 2048)",
                    [.integer(channel.rawValue), .integer(Int64(number + 1))])
            }
            await #expect(throws: CommunityError.self) { try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows") }
            try await world.write("DELETE FROM channel_overrides WHERE target_id = 7")
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows")
        }
    }

    /// A rule that is not there is removed already.
    @Test(arguments: TestEngine.available) func rulesCanBeRemoved(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            try await world.galaxyChannel("crows")
            try await world.rule(.memberDeny, "u2", .sendMessages, in: "crows")
            let channel = try await world.community.galaxyChannel("crows", of: "g1", for: TestWorld.metadataViewer).channel.id
            await #expect(throws: CommunityError.missingPermission(.sendMessages)) {
                try await world.community.createMessage(in: channel, by: member, content: "hello")
            }
            let count = world.events.count
            for kind in [PermissionOverride.Kind.memberAllow, .memberDeny, .memberDeny] {
                _ = try await world.community.removeChannelOverride(kind, "u2", in: "crows", of: "g1", by: TestWorld.metadata)
            }
            #expect(world.told(after: count) == ["updated crows"])
            _ = try await world.community.createMessage(in: channel, by: member, content: "hello")
        }
    }

    /// 6.5: "needs MANAGE_ROLES in that channel (owner/ADMINISTRATOR: no further limit)"; the limits themselves are `PermissionGrantTests`.
    @Test(arguments: TestEngine.available) func settingRulesNeedsManageRolesThere(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let keeper = Actor.account(try await world.galaxyMember("keeper"))
            let plain = Actor.account(try await world.galaxyMember("plain"))
            let admin = Actor.account(try await world.galaxyMember("admin"))
            let owner = Actor.account(try await world.community.account(cosmosUser: "u1").id)
            let stranger = Actor.account(try await world.account("ada"))
            _ = try await world.role(.manageRoles, in: galaxy.space.id, of: [try await world.community.account(cosmosUser: "keeper").id])
            _ = try await world.role(.administrator, in: galaxy.space.id, of: [try await world.community.account(cosmosUser: "admin").id])
            try await world.galaxyChannel("crows")
            try await world.galaxyChannel("owls")
            try await world.rule(.memberDeny, "keeper", .manageRoles, in: "owls")
            let needed = CommunityError.missingPermission(.manageRoles)

            try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows", by: keeper)
            await #expect(throws: needed) { try await world.rule(.roleDeny, "g1", .addReactions, in: "owls", by: keeper) }
            await #expect(throws: needed) { try await world.rule(.roleDeny, "g1", .addReactions, in: "crows", by: plain) }
            await #expect(throws: needed) {
                try await world.everyone(.reading, in: "crows", of: "g1", by: plain)
            }
            await #expect(throws: needed) {
                try await world.community.removeChannelOverride(.roleDeny, "g1", in: "crows", of: "g1", by: plain)
            }
            await #expect(throws: CommunityError.missingPermission([])) {
                try await world.rule(.roleDeny, "g1", .addReactions, in: "crows", by: stranger)
            }
            // The keeper has denied itself to speak, and lacks the bit now; it never had the other.
            for bits in [Permissions.sendMessages, .manageMessages] {
                await #expect(throws: CommunityError.cannotGrant(bits)) {
                    try await world.rule(.memberAllow, "keeper", bits, in: "crows", by: keeper)
                }
            }
            await #expect(throws: CommunityError.cannotGrant(.manageRoles)) {
                try await world.rule(.memberAllow, "plain", .manageRoles, in: "crows", by: keeper)
            }
            for actor in [admin, owner] {
                try await world.rule(.memberAllow, "plain", [.manageRoles, .manageMessages], in: "crows", by: actor)
            }
        }
    }

    /// A change is made as a whole or not at all.
    @Test(arguments: TestEngine.available) func whatIsRefusedInPartIsRefused(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let mover = try await world.galaxyMember("mover")
            _ = try await world.role(.manageChannels, in: galaxy.space.id, of: [mover])
            try await world.galaxyChannel("crows")
            try await world.galaxyChannel("birds", kind: .category)
            let rows = try await world.rowCounts()
            let changes = GalaxyChannelChanges(
                content: ChannelChanges(name: "ravens"), parentID: .set("birds"), everyone: .set(.reading))
            await #expect(throws: CommunityError.missingPermission(.manageRoles)) {
                try await world.community.updateGalaxyChannel("crows", of: "g1", by: .account(mover), changes)
            }
            let channel = try await world.community.galaxyChannel("crows", of: "g1", for: TestWorld.metadataViewer)
            #expect(channel.channel.name == "crows" && channel.parentID == nil)
            #expect(try await world.rowCounts() == rows)
            let changed = try await world.community.updateGalaxyChannel("crows", of: "g1", by: TestWorld.metadata, changes)
            #expect(changed.channel.name == "ravens" && changed.parentID == "birds" && changed.everyone == .reading)
            // Who manages rules only changes nothing else.
            let keeper = try await world.galaxyMember("keeper")
            _ = try await world.role(.manageRoles, in: galaxy.space.id, of: [keeper])
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await world.community.updateGalaxyChannel("crows", of: "g1", by: .account(keeper), changes)
            }
            #expect(try await world.everyone(.viewChannel, in: "crows", by: .account(keeper)).everyone == .viewChannel)
        }
    }

    /// 6.5: "A change that would remove the caller's own VIEW_CHANNEL is allowed."
    @Test(arguments: TestEngine.available) func oneCanShutOneselfOut(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let keeper = try await world.galaxyMember("keeper")
            _ = try await world.role(.manageRoles, in: galaxy.space.id, of: [keeper])
            try await world.galaxyChannel("crows")
            let last = try await world.rule(.memberDeny, "keeper", .viewChannel, in: "crows", by: .account(keeper))
            #expect(last.id == "crows")
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.galaxyChannel("crows", of: "g1", for: .account(keeper))
            }
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.rule(.memberAllow, "keeper", .viewChannel, in: "crows", by: .account(keeper))
            }
        }
    }
}
