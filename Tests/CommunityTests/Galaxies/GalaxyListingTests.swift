import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 6.6, "Listing", and 7.4.
struct GalaxyListingTests {
    /// 7.4: "No credentials => 200 []"; "Authenticated non-member => 200 []"; "S2S => all channels".
    @Test(arguments: TestEngine.available) func whoIsNoMemberSeesNoChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let (member, stranger) = (try await world.galaxyMember("u2"), try await world.account("ada"))
            try await world.galaxyChannel("crows")
            try await world.galaxyChannel("secret")
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "secret")
            func seen(by viewer: GalaxyViewer) async throws -> [String] {
                try await world.community.galaxyChannels(of: "g1", for: viewer).map(\.id)
            }
            #expect(try await seen(by: .stranger) == [])
            #expect(try await seen(by: .account(stranger)) == [])
            #expect(try await seen(by: .account(member)) == ["crows"])
            #expect(try await seen(by: TestWorld.metadataViewer) == ["crows", "secret"])
            for viewer in [GalaxyViewer.stranger, .account(stranger)] {
                await #expect(throws: CommunityError.unknownChannel) {
                    try await world.community.galaxyChannel("crows", of: "g1", for: viewer)
                }
            }
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.galaxyChannel("secret", of: "g1", for: .account(member))
            }
            await #expect(throws: CommunityError.unknownSpace) { try await world.community.galaxyChannels(of: "g2", for: .stranger) }
        }
    }

    /// What was made here, or by another metadata server, is none of a metadata server's business.
    @Test(arguments: TestEngine.available) func aMetadataServerSeesItsOwnGalaxiesOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            try await world.galaxyChannel("crows")
            let ada = try await world.account("ada")
            let space = String(try await world.space(by: ada).id.rawValue)
            _ = try await world.homeChannel(by: ada, isPublic: false)
            let home = String(try await world.home.rawValue)
            let other = GalaxyViewer.metadataServer(origin: "https://other.example.net")
            for (id, viewer) in [(space, TestWorld.metadataViewer), (home, TestWorld.metadataViewer), ("g1", other)] {
                #expect(try await world.community.galaxyChannels(of: id, for: viewer).isEmpty)
                await #expect(throws: CommunityError.missingAccess) {
                    try await world.community.galaxyMembers(of: id, for: viewer, after: nil, limit: 10)
                }
            }
            #expect(try await world.community.galaxyChannels(of: space, for: .system).count == 1)
        }
    }

    /// 2: "Sort ids by (length, bytes)".
    @Test(arguments: TestEngine.available) func theListIsInTheOrderOfIds(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            for id in ["b", "aaa", "100", "99", "B", "_", "a", "11"] { try await world.galaxyChannel(id) }
            let listed = try await world.community.galaxyChannels(of: "g1", for: TestWorld.metadataViewer).map(\.id)
            #expect(listed == ["B", "_", "a", "b", "11", "99", "100", "aaa"])
        }
    }

    /// 6.6: "if only a child is visible, the category is sent with topic null and permissionOverrides []".
    @Test(arguments: TestEngine.available) func aCategoryIsAHeadingOverWhatIsSeen(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            _ = try await world.role(.manageRoles, in: galaxy.space.id, of: [member])
            try await world.galaxyChannel("birds", kind: .category)
            try await world.galaxyChannel("crows", in: "birds")
            try await world.galaxyChannel("owls", in: "birds")
            try await world.galaxyChannel("empty", kind: .category)
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "birds")
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "empty")
            // The rule took the children along; one of them is opened again.
            try await world.rule(.memberAllow, "u2", .viewChannel, in: "crows")
            // No API gives a category a topic; one that got into the database is not told either.
            try await world.write("UPDATE channels SET topic = 'hush' WHERE name = 'birds'")
            let listed = try await world.community.galaxyChannels(of: "g1", for: .account(member))
            #expect(listed.map(\.id) == ["birds", "crows"])
            let birds = try #require(listed.first)
            #expect(birds.channel.topic == nil && birds.overrides.isEmpty && birds.permissions.isEmpty)
            #expect(listed.last?.parentID == "birds" && listed.last?.overrides.count == 2)
            await #expect(throws: CommunityError.unknownChannel) {
                try await world.community.galaxyChannel("birds", of: "g1", for: .account(member))
            }
            let all = try await world.community.galaxyChannels(of: "g1", for: TestWorld.metadataViewer)
            #expect(all.map(\.id) == ["owls", "birds", "crows", "empty"] && all[1].overrides.count == 1 && all[1].channel.topic == "hush")
        }
    }

    /// 6.6: "No listed channel ever names a parent that is not in the same list", whatever is hidden.
    @Test(arguments: TestEngine.available) func everyParentIsInTheList(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let member = try await world.galaxyMember("u2")
            for category in 0..<3 {
                try await world.galaxyChannel("k\(category)", kind: .category)
                for child in 0..<2 { try await world.galaxyChannel("k\(category)c\(child)", in: "k\(category)") }
            }
            let ids = try await world.community.galaxyChannels(of: "g1", for: TestWorld.metadataViewer).map(\.id)
            // Each number says which channels are hidden.
            for hidden in stride(from: 0, to: 512, by: 37) {
                for (bit, id) in ids.enumerated() {
                    _ = try await world.everyone(hidden >> bit & 1 == 1 ? [] : .reading, in: id, of: "g1", by: TestWorld.metadata)
                }
                let listed = try await world.community.galaxyChannels(of: "g1", for: .account(member))
                let known = Set(listed.map(\.id))
                #expect(listed.compactMap(\.parentID).allSatisfy(known.contains), "\(hidden)")
                #expect(Set(listed.filter { !$0.permissions.isEmpty }.map(\.id)).isSubset(of: known))
                let visible = ids.enumerated().filter { hidden >> $0.offset & 1 == 0 }.map(\.element)
                #expect(known.isSuperset(of: visible) && listed.filter { $0.permissions.contains(.viewChannel) }.count == visible.count)
            }
        }
    }

    /// 7.4: "permissionOverrides are sent only to callers with MANAGE_ROLES in that channel, to the owner and to S2S; others get only entries about
    /// themselves or their roles".
    @Test(arguments: TestEngine.available) func rulesAboutOthersAreNotTold(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let galaxy = try await world.galaxy()
            let (member, keeper) = (try await world.galaxyMember("u2"), try await world.galaxyMember("u3"))
            let own = try await world.role(in: galaxy.space.id, of: [member])
            let other = try await world.role(.manageRoles, in: galaxy.space.id, of: [keeper])
            try await world.galaxyChannel("crows")
            for target in ["g1", String(own.rawValue), String(other.rawValue)] {
                try await world.rule(.roleAllow, target, .stream, in: "crows")
            }
            for target in ["u2", "u3"] { try await world.rule(.memberAllow, target, .stream, in: "crows") }
            func known(to viewer: GalaxyViewer) async throws -> Set<String> {
                let listed = try await world.community.galaxyChannels(of: "g1", for: viewer).first?.overrides ?? []
                let single = try await world.community.galaxyChannel("crows", of: "g1", for: viewer).overrides
                #expect(listed == single)
                return Set(single.map(\.id))
            }
            let all: Set = ["g1", String(own.rawValue), String(other.rawValue), "u2", "u3"]
            #expect(try await known(to: .account(member)) == ["g1", String(own.rawValue), "u2"])
            for account in [keeper, try await world.community.account(cosmosUser: "u1").id] {
                #expect(try await known(to: .account(account)) == all)
            }
            #expect(try await known(to: TestWorld.metadataViewer) == all)
        }
    }

    /// 7.4: "lastMessageId null for callers without READ_MESSAGE_HISTORY".
    @Test(arguments: TestEngine.available) func theLatestMessageIsForThoseWhoReadHistory(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.galaxy()
            let (member, reader) = (try await world.galaxyMember("u2"), try await world.galaxyMember("u3"))
            let channel = try await world.galaxyChannel("crows").channel.id
            try await world.rule(.memberDeny, "u2", .readMessageHistory, in: "crows")
            let message = try await world.community.createMessage(in: channel, by: reader, content: "caw").0.id
            for (viewer, latest) in [(GalaxyViewer.account(member), nil), (.account(reader), message), (TestWorld.metadataViewer, message)]
            {
                #expect(try await world.community.galaxyChannels(of: "g1", for: viewer).map(\.channel.lastTextMessageID) == [latest])
                #expect(
                    try await world.community.galaxyChannel("crows", of: "g1", for: viewer).channel.lastMessageID == latest)
            }
        }
    }
}
