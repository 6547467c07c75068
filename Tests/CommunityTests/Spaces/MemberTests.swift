import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.2: members are listed, added, changed and removed.
struct MemberTests {
    private struct Nest {
        let space: SpaceID
        let general: ChannelID
        let owner, admin, other, member: AccountID
    }

    /// A space with an owner, two admins and a member.
    private static func nest(in world: TestWorld) async throws -> Nest {
        let (owner, admin) = (try await world.account("owner"), try await world.account("admin"))
        let (other, member) = (try await world.account("other"), try await world.account("member"))
        let (space, general) = try await world.space(by: owner)
        for account in [admin, other, member] { try await world.join(space, account, invitedBy: owner) }
        for account in [admin, other] {
            _ = try await world.community.updateMember(account, of: space, by: owner, role: .admin, nickname: .keep)
        }
        return Nest(space: space, general: general, owner: owner, admin: admin, other: other, member: member)
    }

    @Test(arguments: TestEngine.available) func theListGoesOnWhereItEnded(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let everybody = [nest.owner, nest.admin, nest.other, nest.member]
            let page = { (after: AccountID?, limit: Int) in
                try await world.community.members(of: nest.space, for: nest.member, after: after, limit: limit).map(\.account.id)
            }
            #expect(try await page(nil, 5_000) == everybody)
            #expect(try await page(nil, 3) == Array(everybody.prefix(3)))
            #expect(try await page(nest.other, 3) == [nest.member])
            #expect(try await page(nest.member, 3).isEmpty)
            await #expect(throws: CommunityError.self) { try await page(nil, 0) }
        }
    }

    @Test(arguments: TestEngine.available) func rolesAreTheOwnersToGive(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let community = world.community
            let before = try await world.rowCounts()
            for (who, account) in [(nest.member, nest.admin), (nest.admin, nest.admin), (nest.owner, nest.owner)] {
                await #expect(throws: CommunityError.ownerOnly) {
                    try await community.updateMember(who, of: nest.space, by: account, role: .member, nickname: .keep)
                }
            }
            #expect(try await world.rowCounts() == before)
            let demoted = try await community.updateMember(nest.admin, of: nest.space, by: nest.owner, role: .member, nickname: .keep)
            #expect(demoted.role == .member)
            await #expect(throws: CommunityError.missingPermission(.manageChannels)) {
                try await community.createChannel(in: nest.space, by: nest.admin, name: "x")
            }
            guard case .memberUpdated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == demoted)
        }
    }

    @Test(arguments: TestEngine.available) func nicknamesGoByRank(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            func rename(_ who: AccountID, by account: AccountID, _ name: String? = "nick") async throws -> String? {
                try await world.community.updateMember(who, of: nest.space, by: account, role: nil, nickname: .set(name)).nickname
            }
            for account in [nest.member, nest.admin, nest.owner] { #expect(try await rename(account, by: account) == "nick") }
            #expect(try await rename(nest.member, by: nest.admin, "other") == "other")
            #expect(try await rename(nest.admin, by: nest.owner, nil) == nil)
            #expect(try await rename(nest.admin, by: nest.owner, "") == nil)
            for (who, account) in [
                (nest.owner, nest.member), (nest.owner, nest.admin), (nest.other, nest.admin), (nest.admin, nest.member),
            ] {
                await #expect(throws: CommunityError.missingPermission(.manageNicknames)) { try await rename(who, by: account) }
            }
            await #expect(throws: CommunityError.self) { try await rename(nest.member, by: nest.member, String(repeating: "n", count: 33)) }
            await #expect(throws: CommunityError.unknownMember) { try await rename(AccountID(1), by: nest.owner) }
        }
    }

    @Test(arguments: TestEngine.available) func removalGoesByRank(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let stranger = try await world.account("stranger")
            func remove(_ who: AccountID, by account: AccountID) async throws {
                try await world.community.removeMember(who, from: nest.space, by: account)
            }
            let before = try await world.rowCounts()
            for (who, account) in [
                (nest.owner, nest.admin), (nest.other, nest.admin), (nest.admin, nest.member), (nest.owner, nest.member),
            ] {
                await #expect(throws: CommunityError.missingPermission(.kickMembers)) { try await remove(who, by: account) }
            }
            await #expect(throws: CommunityError.ownerCannotLeave) { try await remove(nest.owner, by: nest.owner) }
            await #expect(throws: CommunityError.missingAccess) { try await remove(nest.member, by: stranger) }
            await #expect(throws: CommunityError.unknownMember) { try await remove(stranger, by: nest.owner) }
            #expect(try await world.rowCounts() == before)
            try await remove(nest.member, by: nest.admin)
            guard case .memberRemoved(let removal) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(removal.account.id == nest.member && removal.reason == .kicked && removal.memberCount == 3)
            try await remove(nest.admin, by: nest.owner)
            try await remove(nest.other, by: nest.other)
            #expect(try await world.community.spaceDetail(nest.space, for: nest.owner).space.memberCount == 1)
            // Whoever comes back is a plain member.
            try await world.join(nest.space, nest.admin, invitedBy: nest.owner)
            #expect(try await world.community.spaceDetail(nest.space, for: nest.owner).members.map(\.role) == [.owner, .member])
        }
    }

    @Test(arguments: TestEngine.available) func membersAreAddedByNameOrID(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let (eve, joan) = (try await world.account("eve"), try await world.account("joan"))
            let community = world.community
            #expect(try await community.addMember(.username("EVE"), to: nest.space, by: nest.admin).account.id == eve)
            #expect(try await community.addMember(.account(joan), to: nest.space, by: nest.owner).role == .member)
            let before = try await world.rowCounts()
            await #expect(throws: CommunityError.alreadyMember) {
                try await community.addMember(.account(eve), to: nest.space, by: nest.owner)
            }
            await #expect(throws: CommunityError.unknownAccount) {
                try await community.addMember(.username("no\0body"), to: nest.space, by: nest.owner)
            }
            await #expect(throws: CommunityError.missingPermission(.manageSpace)) {
                try await community.addMember(.account(eve), to: nest.space, by: nest.member)
            }
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Somebody who was removed while away hears of it, of nothing else there, and of all again after coming back.
    @Test(arguments: TestEngine.available) func whoWasRemovedWhileAwayHearsOfIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let position = try await world.community.eventPosition().latest
            _ = try await world.community.createMessage(in: nest.general, by: nest.owner, content: "before")
            try await world.community.removeMember(nest.member, from: nest.space, by: nest.owner)
            _ = try await world.community.createMessage(in: nest.general, by: nest.owner, content: "after")
            func heard() async throws -> [String] {
                try await world.missedEvents(for: nest.member, after: position, upTo: .max, limit: 20).events.map { event in
                    switch event.live as? CommunityEvent {
                    case .removedFromSpace(let removal): "removed \(removal.reason.rawValue) \(removal.memberCount)"
                    case .messageCreated(let message, _): message.content
                    case .memberAdded(let member, _, _): "added \(member.account.username)"
                    default: "something else"
                    }
                }
            }
            #expect(try await heard() == ["removed kicked 3"])
            world.clock.advance(seconds: 1)
            try await world.join(nest.space, nest.member, invitedBy: nest.owner)
            _ = try await world.community.createMessage(in: nest.general, by: nest.owner, content: "again")
            #expect(try await heard() == ["removed kicked 4", "added member", "again"])
        }
    }

    /// DESIGN section 7: the channels of the home space have members of their own; leaving the space leaves them all.
    @Test(arguments: TestEngine.available) func leavingTheHomeSpaceLeavesItsChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (root, ada, eve) = (try await world.administrator(), try await world.account("ada"), try await world.account("eve"))
            let community = world.community
            let home = try await world.home
            let hall = try await community.createChannel(in: home, by: root, name: "hall").id
            for account in [ada, eve] { _ = try await community.joinChannel(hall, by: account) }
            let perch = try await community.createChannel(in: home, by: ada, name: "perch").id
            _ = try await community.joinChannel(perch, by: eve)
            let alone = try await community.createChannel(in: home, by: ada, name: "alone").id
            try await community.removeMember(ada, from: home, by: root)
            for channel in [hall, perch] {
                await #expect(throws: CommunityError.missingAccess) { try await community.channel(channel, for: ada) }
            }
            // A channel without its owner has another one, and without members it ends.
            #expect(try await community.updateChannel(perch, by: eve, ChannelChanges(name: "branch")).name == "branch")
            await #expect(throws: CommunityError.unknownChannel) { try await community.channel(alone, for: ada) }
        }
    }
}
