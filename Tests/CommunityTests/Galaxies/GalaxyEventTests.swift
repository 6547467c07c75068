import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 9.7: what a metadata server tells of its galaxies.
struct GalaxyEventTests {
    private static let other = "https://other.example.net"
    private static let month: Int64 = 30 * 86_400

    @Test(arguments: TestEngine.available) func aGalaxyIsChanged(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy(flags: SpaceFlags(publicBits: 1 << 20, privateBits: 1 << 21))
            let count = world.events.count
            let changes = GalaxyChanges(name: " Nest ", description: .set("Crows."), iconHash: .set("abc"), publicBits: 1 << 30)
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, changes)
            let galaxy = try await world.community.galaxy("g1")
            #expect(galaxy.space.name == "Nest" && galaxy.space.description == "Crows." && galaxy.iconHash == "abc")
            // "unknown bits are stored and returned untouched".
            #expect(galaxy.flags == SpaceFlags(publicBits: 1 << 30, privateBits: 1 << 21))
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, GalaxyChanges(description: .set(""), iconHash: .set(nil)))
            #expect(try await world.community.galaxy("g1").space.description == nil)
            #expect(try await world.community.galaxy("g1").iconHash == nil)
            #expect(world.kinds(after: count) == [.spaceUpdated, .spaceUpdated])
            // The same again is no news.
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, GalaxyChanges(name: "Nest", publicBits: 1 << 30))
            #expect(world.events.count == count + 2)
            for bad in [GalaxyChanges(name: " "), GalaxyChanges(name: "a\nb"), GalaxyChanges(description: .set("\0"))] {
                await #expect(throws: CommunityError.self) { try await world.community.updateGalaxy("g1", by: TestWorld.origin, bad) }
            }
        }
    }

    /// A metadata server speaks of its own galaxies only, never of spaces that were made here or by another.
    @Test(arguments: TestEngine.available) func othersGalaxiesAreUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let space = String(try await world.space(by: try await world.account("ada")).id.rawValue)
            let home = String(try await world.home.rawValue)
            let rows = try await world.rowCounts()
            for (id, origin) in [
                ("g1", Self.other), ("g1", ""), (space, TestWorld.origin), (home, TestWorld.origin), ("g2", TestWorld.origin),
            ] {
                let unknown = CommunityError.unknownSpace
                let actor = Actor.metadataServer(origin: origin)
                await #expect(throws: unknown) { try await world.community.updateGalaxy(id, by: origin, GalaxyChanges(name: "x")) }
                await #expect(throws: unknown) { try await world.community.deleteGalaxy(id, by: origin) }
                await #expect(throws: unknown) { try await world.community.transferGalaxy(id, by: origin, to: "u1") }
                await #expect(throws: unknown) { try await world.community.addGalaxyMember("u2", to: id, by: origin) }
                await #expect(throws: unknown) { try await world.community.removeGalaxyMember("u1", from: id, by: actor) }
                await #expect(throws: unknown) { try await world.community.requireParticipation(of: actor, in: id) }
            }
            #expect(try await world.rowCounts() == rows)
        }
    }

    /// "new owner must be an operator, else 403/4200"; who was the owner is a plain member.
    @Test(arguments: TestEngine.available) func aGalaxyIsHandedOver(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let former = try await world.community.account(cosmosUser: "u1").id
            try await world.galaxyChannel("crows")
            _ = try await world.everyone([], in: "crows", of: "g1", by: TestWorld.metadata)
            _ = try await world.galaxyMember("u2")
            await #expect(throws: CommunityError.notOperator) {
                try await world.community.transferGalaxy("g1", by: TestWorld.origin, to: "u2")
            }
            // One who has never been here becomes a member and the owner.
            try await world.community.addOperator("u3")
            let count = world.events.count
            try await world.community.transferGalaxy("g1", by: TestWorld.origin, to: "u3")
            let owner = try await world.community.account(cosmosUser: "u3").id
            #expect(try await world.community.galaxy("g1").ownerID == "u3")
            #expect(
                world.told(after: count) == ["hidden crows from \(former.rawValue) (rules)", "shown crows to \(owner.rawValue)"])
            let members = try await world.community.galaxyMembers(of: "g1", for: TestWorld.metadataViewer, after: nil, limit: 10)
            #expect(
                Dictionary(uniqueKeysWithValues: members.map { ($0.userID, $0.member.role) }) == [
                    "u1": .member, "u2": .member, "u3": .owner,
                ])
            // The same again is no news.
            let events = world.events.count
            try await world.community.transferGalaxy("g1", by: TestWorld.origin, to: "u3")
            #expect(world.events.count == events)
            // A former owner can go now.
            try await world.community.removeGalaxyMember("u1", from: "g1", by: .account(former))
        }
    }

    @Test(arguments: TestEngine.available) func membersComeAndGo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            #expect(try await world.community.addGalaxyMember("u2", to: "g1", by: TestWorld.origin))
            #expect(try await !world.community.addGalaxyMember("u2", to: "g1", by: TestWorld.origin))
            let (member, other) = (try await world.community.account(cosmosUser: "u2").id, try await world.galaxyMember("u3"))
            #expect(try await world.community.galaxy("g1").space.memberCount == 3)
            await #expect(throws: CommunityError.ownerCannotLeave) {
                try await world.community.removeGalaxyMember("u1", from: "g1", by: TestWorld.metadata)
            }
            await #expect(throws: CommunityError.missingPermission(.kickMembers)) {
                try await world.community.removeGalaxyMember("u3", from: "g1", by: .account(member))
            }
            for id in ["nobody", "", "\0", "a b"] {
                await #expect(throws: CommunityError.unknownMember) {
                    try await world.community.removeGalaxyMember(id, from: "g1", by: TestWorld.metadata)
                }
            }
            for id in ["", "\0", "a b"] {
                await #expect(throws: CommunityError.unknownAccount) {
                    try await world.community.addGalaxyMember(id, to: "g1", by: TestWorld.origin)
                }
            }
            try await world.community.removeGalaxyMember("u2", from: "g1", by: .account(member))
            try await world.community.removeGalaxyMember("u3", from: "g1", by: TestWorld.metadata)
            let reasons = world.changes.compactMap { if case .memberRemoved(let removal) = $0 { removal.reason } else { nil } }
            #expect(reasons == [.left, .kicked])
            await #expect(throws: CommunityError.missingPermission([])) {
                try await world.community.removeGalaxyMember("u3", from: "g1", by: .account(other))
            }
            #expect(try await world.community.galaxy("g1").space.memberCount == 1)
            await #expect(throws: CommunityError.missingAccess) {
                try await world.community.members(of: galaxy.space.id, for: member, after: nil, limit: 10)
            }
        }
    }

    /// Pages hold on to the wire's ids; nobody who is no member gets one.
    @Test(arguments: TestEngine.available) func membersAreListedInPages(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let first = try await world.galaxyMember("u2")
            let role = try await world.role(in: galaxy.space.id, of: [first])
            for id in ["u3", "u4"] { _ = try await world.galaxyMember(id) }
            var (seen, last) = ([GalaxyMember](), String?.none)
            repeat {
                let page = try await world.community.galaxyMembers(of: "g1", for: .account(first), after: last, limit: 3)
                seen += page
                last = page.last?.userID
            } while last != nil
            #expect(seen.map(\.userID) == ["u1", "u2", "u3", "u4"])
            #expect(seen.map(\.roles) == [[], [role], [], []])
            for viewer in [GalaxyViewer.stranger, .account(try await world.account("ada"))] {
                await #expect(throws: CommunityError.missingAccess) {
                    try await world.community.galaxyMembers(of: "g1", for: viewer, after: nil, limit: 3)
                }
            }
            await #expect(throws: CommunityError.unknownAccount) {
                try await world.community.galaxyMembers(of: "g1", for: TestWorld.metadataViewer, after: "nobody", limit: 3)
            }
        }
    }

    // MARK: The end of a galaxy

    /// "marks deleted, data kept 30 days": out of reach at once, for everybody and through every API.
    @Test(arguments: TestEngine.available) func aDeletedGalaxyIsOutOfReach(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let (owner, member) = (try await world.community.account(cosmosUser: "u1").id, try await world.galaxyMember("u2"))
            let (crows, secret) = (try await world.galaxyChannel("crows").channel.id, try await world.galaxyChannel("secret").channel.id)
            _ = try await world.everyone([], in: "secret", of: "g1", by: TestWorld.metadata)
            let invite = try await world.community.createInvite(space: galaxy.space.id, by: owner, maximumAge: 0, maximumUses: 0).code
            let message = try await world.community.createMessage(in: crows, by: member, content: "caw").0.id
            let (count, start) = (world.events.count, try await world.community.eventPosition().latest)
            try await world.community.deleteGalaxy("g1", by: TestWorld.origin)
            #expect(world.told(after: count) == ["deleted crows", "hidden secret from \(owner.rawValue) (deleted)", "deleted secret"])
            #expect(world.kinds(after: count).suffix(3) == [.spaceDeleted, .removedFromSpace, .removedFromSpace])

            let unknown = CommunityError.unknownSpace
            await #expect(throws: unknown) { try await world.community.galaxy("g1") }
            await #expect(throws: unknown) { try await world.community.galaxyChannels(of: "g1", for: TestWorld.metadataViewer) }
            await #expect(throws: unknown) { try await world.community.deleteGalaxy("g1", by: TestWorld.origin) }
            await #expect(throws: unknown) { try await world.community.addGalaxyMember("u2", to: "g1", by: TestWorld.origin) }
            await #expect(throws: unknown) { try await world.galaxyChannel("owls") }
            await #expect(throws: unknown) { try await world.community.spaceDetail(galaxy.space.id, for: owner) }
            await #expect(throws: unknown) {
                try await world.community.updateSpace(galaxy.space.id, by: owner, SpaceChanges(name: "x"))
            }
            await #expect(throws: CommunityError.unknownInvite) { try await world.community.acceptInvite(invite, by: member) }
            for (channel, account) in [(crows, member), (secret, owner)] {
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.createMessage(in: channel, by: account, content: "hello")
                }
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.message(message, in: channel, for: account)
                }
            }
            for account in [owner, member] {
                #expect(try await world.community.spaces(of: account).isEmpty)
                #expect(try await world.community.visibleScopes(for: account) == [EventSource(scope: .account, id: account.rawValue)])
                let missed = try await world.missedEvents(for: account, after: start, upTo: .max, limit: 100).events
                #expect(missed.map { EventKind(rawValue: $0.kind) } == [.removedFromSpace])
            }
            // The id stays taken while the data is there.
            await #expect(throws: CommunityError.galaxyConflict) { try await world.galaxy() }
        }
    }

    @Test(arguments: TestEngine.available) func afterThirtyDaysNothingIsLeft(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy("g0")
            let before = try await world.rowCounts()
            try await world.galaxy(owner: "u1")
            let channel = try await world.galaxyChannel("crows").channel.id
            try await world.galaxyChannel("birds", kind: .category)
            try await world.rule(.memberDeny, "u1", .sendMessages, in: "crows")
            let owner = try await world.community.account(cosmosUser: "u1").id
            _ = try await world.community.createMessage(in: channel, by: owner, content: "caw")
            try await world.community.deleteGalaxy("g1", by: TestWorld.origin)
            world.clock.advance(seconds: Self.month - 1)
            #expect(try await !world.community.removeDeletedGalaxies())
            world.clock.advance(seconds: 1)
            let events = world.events.count
            #expect(try await world.community.removeDeletedGalaxies())
            #expect(try await !world.community.removeDeletedGalaxies())
            while try await world.community.removeDeletedMessages() {}
            // What had to be told was told when it was deleted.
            #expect(world.events.count == events)
            let after = try await world.rowCounts()
            // Spaces, members, channels, messages.
            for table in [3, 4, 5, 6, 8] { #expect(after[table] == before[table], "\(table)") }
            let rest = try await world.database.read { reader in
                try reader.first(
                    """
                    SELECT (SELECT COUNT(*) FROM put_away_members) + (SELECT COUNT(*) FROM channel_overrides)
                        + (SELECT COUNT(*) FROM roles WHERE space_id NOT IN (SELECT id FROM spaces))
                    """, []
                ) { try $0.integer(0) }
            }
            #expect(rest == 0)
            // The others stay, and the id is free again.
            #expect(try await world.community.galaxy("g0").id == "g0")
            try await world.galaxy()
        }
    }

    /// Who was a member when a galaxy was deleted is known as long as the data is kept.
    @Test(arguments: TestEngine.available) func theMembersOfADeletedGalaxyArePutAway(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            _ = try await world.galaxyMember("u2")
            try await world.community.deleteGalaxy("g1", by: TestWorld.origin)
            let owners = try await world.database.read { reader in
                try reader.query("SELECT is_owner FROM put_away_members ORDER BY account_id", []) { try $0.integer(0) }
            }
            #expect(owners == [1, 0])
        }
    }
}
