import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.2, invites.
struct SpaceInviteTests {
    @Test(arguments: TestEngine.available) func anInviteLeadsIn(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            let invite = try await world.community.createInvite(space: space.id, by: ada, maximumAge: 60, maximumUses: 3)
            #expect(invite.spaceID == space.id && invite.inviterID == ada && invite.uses == 0 && invite.maximumUses == 3)
            #expect(invite.expiresAt == world.clock.now.adding(seconds: 60) && invite.code.utf8.count == 16)
            let (shown, target) = try await world.community.invite(invite.code)
            #expect(shown == invite && target.id == space.id && target.memberCount == 1)

            let detail = try await world.community.acceptInvite(invite.code, by: eve)
            #expect(detail.space.memberCount == 2 && detail.channels.map(\.id) == [space.general])
            #expect(detail.members.map(\.account.id) == [ada, eve] && detail.members.map(\.role) == [.owner, .member])
            #expect(try await world.community.invite(invite.code).0.uses == 1)
            guard case .memberAdded(let member, 2, detail)? = world.changes.last else {
                Issue.record("no event about the new member")
                return
            }
            #expect(member.account.id == eve && world.events.last?.scopeID == space.id.rawValue)
        }
    }

    /// "409 already_member".
    @Test(arguments: TestEngine.available) func nobodyJoinsTwice(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada).id
            let invite = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0)
            _ = try await world.community.acceptInvite(invite.code, by: eve)
            let before = try await world.rowCounts()
            for account in [ada, eve] {
                await #expect(throws: CommunityError.alreadyMember) { try await world.community.acceptInvite(invite.code, by: account) }
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    @Test(arguments: TestEngine.available) func anInviteExpires(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada).id
            let short = try await world.community.createInvite(space: space, by: ada, maximumAge: 60, maximumUses: 0).code
            let forever = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0).code
            world.clock.advance(seconds: 60)
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.invite(short) }
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.acceptInvite(short, by: eve) }
            try await world.community.removeExpired()
            world.clock.advance(seconds: 1_000_000_000)
            _ = try await world.community.acceptInvite(forever, by: eve)
        }
    }

    /// Two people use the last one at once: one of them comes in.
    @Test(arguments: TestEngine.available) func theLastUseIsUsedOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada).id
            let invite = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 2)
            var people: [AccountID] = []
            for number in 0..<5 { people.append(try await world.account("person\(number)")) }
            let joined = await withTaskGroup(of: Bool.self) { group in
                for person in people {
                    group.addTask { (try? await world.community.acceptInvite(invite.code, by: person)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(joined == 2)
            #expect(try await world.community.spaces(of: ada).first?.memberCount == 3)
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.invite(invite.code) }
        }
    }

    @Test(arguments: TestEngine.available, ["", "nonsense", "\u{0}", "' OR 1=1 --"])
    func aCodeThatNobodyMadeIsUnknown(_ engine: TestEngine, _ code: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.invite(code) }
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.acceptInvite(code, by: ada) }
        }
    }

    /// Bounded by design, for each member too; what is used up makes room.
    @Test(arguments: TestEngine.available) func aSpaceHasABoundedNumberOfInvites(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada).id
            let single = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 1)
            let many = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0)
            for _ in 2..<Limits.invitesPerMember {
                _ = try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0)
            }
            await #expect(throws: CommunityError.limitReached(name: "invites per member and space", limit: 100)) {
                try await world.community.createInvite(space: space, by: ada, maximumAge: 0, maximumUses: 0)
            }
            var last = ada
            for number in 1..<Limits.invitesPerSpace / Limits.invitesPerMember {
                last = try await world.account("member\(number)")
                _ = try await world.community.acceptInvite(many.code, by: last)
                for _ in 0..<Limits.invitesPerMember {
                    _ = try await world.community.createInvite(space: space, by: last, maximumAge: 0, maximumUses: 0)
                }
            }
            let eve = try await world.account("eve")
            _ = try await world.community.acceptInvite(many.code, by: eve)
            await #expect(throws: CommunityError.limitReached(name: "invites per space", limit: 1_000)) {
                try await world.community.createInvite(space: space, by: eve, maximumAge: 0, maximumUses: 0)
            }
            _ = try await world.community.acceptInvite(single.code, by: try await world.account("adam"))
            _ = try await world.community.createInvite(space: space, by: eve, maximumAge: 0, maximumUses: 0)
        }
    }
}
