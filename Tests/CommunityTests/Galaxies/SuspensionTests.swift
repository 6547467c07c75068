import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 7, "Flags" and "Suspended galaxy (privateFlags bit 0) => every write 403/4206": whatever API it comes through.
struct SuspensionTests {
    /// A galaxy with a channel, a voice channel and an invite, then suspended.
    private struct Nest {
        let space: SpaceID
        let crows, owls: ChannelID
        let owner, member, guest: AccountID
        let invite: String
        let message, own: MessageID
        /// The owner is a person here, too.
        var actor: Actor { .account(owner) }
    }

    private static func nest(in world: TestWorld, _ flags: GalaxyChanges) async throws -> Nest {
        let galaxy = try await world.galaxy()
        let owner = try await world.community.account(cosmosUser: "u1").id
        let (member, guest) = (try await world.galaxyMember("u2"), try await world.account("guest"))
        let (crows, owls) = (try await world.galaxyChannel("crows").channel.id, try await world.galaxyChannel("owls").channel.id)
        let invite = try await world.community.createInvite(space: galaxy.space.id, by: owner, maximumAge: 0, maximumUses: 0).code
        let message = try await world.community.createMessage(in: crows, by: owner, content: "caw").0.id
        let own = try await world.community.createMessage(in: crows, by: member, content: "caw").0.id
        try await world.community.updateGalaxy("g1", by: TestWorld.origin, flags)
        return Nest(
            space: galaxy.space.id, crows: crows, owls: owls, owner: owner, member: member, guest: guest, invite: invite, message: message,
            own: own)
    }

    private struct Write: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isPosting: Bool
        let run: @Sendable (TestWorld, Nest) async throws -> Void

        init(_ name: String, isPosting: Bool = false, _ run: @escaping @Sendable (TestWorld, Nest) async throws -> Void) {
            (testDescription, self.isPosting, self.run) = (name, isPosting, run)
        }
    }

    private static let writes = [
        Write("say something", isPosting: true) { world, nest in
            _ = try await world.community.createMessage(in: nest.crows, by: nest.member, content: "hello")
        },
        Write("say something as the owner", isPosting: true) { world, nest in
            _ = try await world.community.createMessage(in: nest.crows, by: nest.owner, content: "hello")
        },
        Write("change what was said", isPosting: true) { world, nest in
            _ = try await world.community.updateMessage(nest.own, in: nest.crows, by: nest.member, content: "hello")
        },
        Write("type", isPosting: true) { world, nest in _ = try await world.community.typist(in: nest.crows, by: nest.member) },
        Write("remove one's message") { world, nest in
            try await world.community.deleteMessage(nest.own, in: nest.crows, by: nest.member)
        },
        Write("remove a message") { world, nest in try await world.community.deleteMessage(nest.own, in: nest.crows, by: nest.owner) },
        Write("make a channel") { world, nest in _ = try await world.community.createChannel(in: nest.space, by: nest.owner, name: "x") },
        Write("change a channel") { world, nest in
            _ = try await world.community.updateChannel(nest.owls, by: nest.owner, ChannelChanges(name: "x"))
        },
        Write("remove a channel") { world, nest in try await world.community.deleteChannel(nest.owls, by: nest.owner) },
        Write("make a channel in Cosmos") { world, nest in try await world.galaxyChannel("x", by: nest.actor) },
        Write("make a channel as the metadata server") { world, nest in try await world.galaxyChannel("x") },
        Write("change a channel in Cosmos") { world, nest in
            _ = try await world.community.updateGalaxyChannel(
                "crows", of: "g1", by: nest.actor, GalaxyChannelChanges(content: ChannelChanges(name: "x")))
        },
        Write("set a rule") { world, nest in try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows", by: nest.actor) },
        Write("remove a rule") { world, nest in
            _ = try await world.community.removeChannelOverride(.roleDeny, "g1", in: "crows", of: "g1", by: nest.actor)
        },
        Write("set what everyone has") { world, nest in
            _ = try await world.everyone([], in: "crows", of: "g1", by: nest.actor)
        },
        Write("remove a channel in Cosmos") { world, nest in
            try await world.community.deleteGalaxyChannel("owls", of: "g1", by: nest.actor)
        },
        Write("change the space") { world, nest in
            _ = try await world.community.updateSpace(nest.space, by: nest.owner, SpaceChanges(name: "x"))
        },
        Write("hand over the space") { world, nest in
            _ = try await world.community.updateSpace(nest.space, by: nest.owner, SpaceChanges(ownerID: nest.member))
        },
        Write("make an invite") { world, nest in
            _ = try await world.community.createInvite(space: nest.space, by: nest.owner, maximumAge: 0, maximumUses: 0)
        },
        Write("use an invite") { world, nest in _ = try await world.community.acceptInvite(nest.invite, by: nest.guest) },
        Write("add a member") { world, nest in
            _ = try await world.community.addMember(.account(nest.guest), to: nest.space, by: nest.owner)
        },
        Write("give a nickname") { world, nest in
            _ = try await world.community.updateMember(nest.member, of: nest.space, by: nest.owner, role: nil, nickname: .set("x"))
        },
        Write("give a role") { world, nest in
            _ = try await world.community.updateMember(nest.member, of: nest.space, by: nest.owner, role: .admin, nickname: .keep)
        },
        Write("remove a member") { world, nest in
            try await world.community.removeMember(nest.member, from: nest.space, by: nest.owner)
        },
        Write("remove the space") { world, nest in try await world.community.deleteSpace(nest.space, by: nest.owner) },
    ]

    @Test(arguments: TestEngine.available) func nothingIsWrittenInASuspendedGalaxy(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world, GalaxyChanges(privateBits: 1))
            let rows = try await world.rowCounts()
            for write in Self.writes {
                await #expect(throws: CommunityError.spaceSuspended, "\(write.testDescription)") { try await write.run(world, nest) }
            }
            #expect(try await world.rowCounts() == rows)
        }
    }

    /// The same acts are possible without the flag, so that the test above proves the flag and nothing else; other bits mean nothing.
    @Test(arguments: writes) private func otherBitsStopNobody(_ write: Write) async throws {
        try await TestWorld.run(on: .sqlite) { world in
            let nest = try await Self.nest(in: world, GalaxyChanges(publicBits: 3, privateBits: 2))
            try await write.run(world, nest)
        }
    }

    @Test(arguments: TestEngine.available) func readingGoesOn(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world, GalaxyChanges(privateBits: 1))
            #expect(try await world.community.history(nest.crows, for: nest.member, anchor: .latest, limit: 10).items.count == 2)
            #expect(try await world.community.message(nest.message, in: nest.crows, for: nest.member).content == "caw")
            #expect(try await world.community.channel(nest.crows, for: nest.member).id == nest.crows)
            #expect(try await world.community.spaceDetail(nest.space, for: nest.member).channels.count == 2)
            #expect(try await world.community.galaxyChannels(of: "g1", for: .account(nest.member)).count == 2)
            #expect(try await world.community.isMember(nest.member, ofGalaxy: "g1"))
            #expect(try await !world.community.isMember(nest.guest, ofGalaxy: "g1"))
            // Nobody is held: who wants to go goes.
            try await world.community.removeGalaxyMember("u2", from: "g1", by: .account(nest.member))
        }
    }

    /// Who is a member, and whether it ends, is decided by the metadata server; it can take the flag back.
    @Test(arguments: TestEngine.available) func theMetadataServerIsNotBound(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world, GalaxyChanges(privateBits: 1))
            _ = try await world.galaxyMember("u3")
            try await world.community.removeGalaxyMember("u3", from: "g1", by: TestWorld.metadata)
            try await world.community.updateGalaxy("g1", by: TestWorld.origin, GalaxyChanges(name: "Nest", privateBits: 0))
            _ = try await world.community.createMessage(in: nest.crows, by: nest.member, content: "hello")
        }
    }

    /// publicFlags bit 2, read-only: nobody posts, and everything else goes on.
    @Test(arguments: writes) private func nobodyWritesMessagesInAReadOnlyGalaxy(_ write: Write) async throws {
        for engine in TestEngine.available {
            try await TestWorld.run(on: engine) { world in
                let nest = try await Self.nest(in: world, GalaxyChanges(publicBits: 4))
                guard write.isPosting else { return try await write.run(world, nest) }
                await #expect(throws: CommunityError.spaceReadOnly) { try await write.run(world, nest) }
            }
        }
    }
}
