import Community
import StorageTesting
import Testing

/// Who may moderate whom in an instance, and what is kept of it (contracts/reileta.md 4.6, 5.3).
struct InstanceModerationTests {
    @Test func rolesModerateThoseBelow() {
        let may: [InstanceRole: Set<InstanceRole>] = [
            .admin: [.admin, .moderator, .normal], .master: [.moderator, .normal], .moderator: [.normal], .normal: [],
        ]
        for role in InstanceRole.allCases {
            #expect(Set(InstanceRole.allCases.filter(role.mayModerate)) == may[role])
            #expect(role.decides == (role != .normal))
        }
    }

    @Test(arguments: TestEngine.available) func sanctionsAreKept(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let (robin, wren, crow) = (try await world.account("robin"), try await world.account("wren"), try await world.account("crow"))
            var changes = InstanceChanges()
            changes.moderators = [wren]
            let place = try await world.visitedWorld(by: robin)
            let instance = try await world.community.createInstance(changes, of: place.reference, chosenID: nil, by: robin)
            let id = instance.id
            let community = world.community
            for (actor, target) in [(crow, wren), (crow, crow), (wren, robin), (wren, wren), (robin, root), (robin, robin), (root, robin)] {
                await #expect(throws: CommunityError.notRegistryOwner) {
                    try await community.impose(.ban, on: target, player: nil, in: id, by: actor)
                }
                await #expect(throws: CommunityError.notRegistryOwner) {
                    try await community.requireModerator(actor, of: target, in: id)
                }
                await #expect(throws: CommunityError.notRegistryOwner) {
                    try await community.lift(.ban, from: target, in: id, by: actor)
                }
            }
            try await community.requireModerator(root, of: wren, in: id)
            _ = try await community.requestEntry(into: id, by: crow, message: nil, isAdmitted: true, reservedUntil: nil)
            try await community.impose(.mute, on: crow, player: "p_1", in: id, by: wren)
            let muted = try await community.standing(of: crow, in: id)
            #expect(muted.isMuted && !muted.isBanned && muted.candidate?.state == .queued)
            try await community.impose(.ban, on: crow, player: "p_2", in: id, by: wren)
            try await community.impose(.ban, on: crow, player: "p_3", in: id, by: robin)
            #expect(try await community.standing(of: crow, in: id) == EntryStanding(isBanned: true, isMuted: true))
            for player in ["p_1", "p_2"] { #expect(try await community.sanctioned(player: player, in: id) == crow) }
            for player in ["p_3", "", "p\u{0}"] { #expect(try await community.sanctioned(player: player, in: id) == nil) }
            await #expect(throws: CommunityError.bannedFromInstance) {
                try await community.requestEntry(into: id, by: crow, message: nil, isAdmitted: true, reservedUntil: nil)
            }
            await #expect(throws: CommunityError.bannedFromInstance) {
                try await community.acceptCandidate(crow, into: id, by: robin, reservedUntil: nil)
            }
            for _ in 0..<2 { try await community.lift(.ban, from: crow, in: id, by: wren) }
            #expect(try await community.standing(of: crow, in: id) == EntryStanding(isBanned: false, isMuted: true))
            #expect(try await community.standing(of: wren, in: id) == EntryStanding(isBanned: false, isMuted: false))
        }
    }

    @Test(arguments: TestEngine.available) func anInstanceEndsWithItsOwnerWhenItSaysSo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let wren = try await world.account("wren")
            let place = try await world.visitedWorld(by: root)
            let ends = try await world.instance(of: place, by: root, tags: ["avr:public", "avr:kill_on_owner_leave"])
            let stays = try await world.instance(of: place, by: root, tags: ["avr:public"])
            let permanent = try await world.instance(of: place, by: root, tags: ["avr:permanent", "avr:kill_on_owner_leave"])
            try await world.community.endInstance(ends.id, leftBy: wren)
            #expect(try await world.community.instance(ends.selector) == ends)
            for instance in [ends, stays, permanent] { try await world.community.endInstance(instance.id, leftBy: root) }
            await #expect(throws: CommunityError.unknownInstance) { try await world.community.instance(ends.selector) }
            #expect(try await world.community.instance(stays.selector) == stays)
            #expect(try await world.community.instance(permanent.selector) == permanent)
        }
    }

    @Test(arguments: TestEngine.available) func moderatorsAreNamedOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let made = try await world.instance(of: try await world.visitedWorld(by: robin), by: robin)
            #expect(made.moderators.isEmpty)
            var changes = InstanceChanges()
            changes.moderators = [wren, robin, wren]
            #expect(try await world.community.updateInstance(made.selector, changes, by: robin).moderators == [wren])
            #expect(try await world.community.instance(made.selector).moderators == [wren])
            // Helping is not owning.
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await world.community.updateInstance(made.selector, changes, by: wren)
            }
            changes.moderators = Array(repeating: wren, count: Limits.moderators + 1)
            await #expect(throws: CommunityError.self) { try await world.community.updateInstance(made.selector, changes, by: robin) }
            changes.moderators = []
            #expect(try await world.community.updateInstance(made.selector, changes, by: robin).moderators.isEmpty)
        }
    }
}
