import Community
import StorageTesting
import Testing

/// contracts/dawchat.md 2, row 14 and its detail: finding public channels.
struct ChannelSearchTests {
    private static func names(_ world: TestWorld, _ keyword: String) async throws -> [String?] {
        try await world.community.searchChannels(keyword).map(\.name)
    }

    /// "case-insensitive substring …, ordered exact, prefix, rest by name; empty keyword = all".
    @Test(arguments: TestEngine.available) func theBestMatchesComeFirst(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            for name in ["the news", "a news", "newspaper", "News B", "other", "NEWS", "news a"] {
                _ = try await world.homeChannel(by: ada, name: name)
            }
            let expected = ["NEWS", "news a", "News B", "newspaper", "a news", "the news"]
            for keyword in ["news", "NEWS", "nEwS"] { #expect(try await Self.names(world, keyword) == expected) }
            #expect(try await Self.names(world, "spa") == ["newspaper"])
            #expect(try await Self.names(world, "nothing").isEmpty)
            #expect(try await Self.names(world, "") == ["a news", "NEWS", "news a", "News B", "newspaper", "other", "the news"])
            #expect(try await world.community.searchChannels("other").map(\.access) == [.publicMembership])
        }
    }

    @Test(arguments: TestEngine.available) func caseIsFoldedInEveryScript(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            for name in ["ÉCOLE", "Ölwechsel", "Птица"] { _ = try await world.homeChannel(by: ada, name: name) }
            #expect(try await Self.names(world, "école") == ["ÉCOLE"])
            #expect(try await Self.names(world, "öL") == ["Ölwechsel"])
            #expect(try await Self.names(world, "ПТИЦА") == ["Птица"])
        }
    }

    /// "LIKE wildcards escaped", and what escapes them too.
    @Test(arguments: TestEngine.available, ["%", "_", "!", "\\", "50%", "a_b", "!!", "%_!"])
    func wildcardsMeanThemselves(_ engine: TestEngine, _ keyword: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            for name in ["plain name", "axbx", "50x off", "x\(keyword)x", "\(keyword)\(keyword)"] {
                _ = try await world.homeChannel(by: ada, name: name)
            }
            #expect(try await Self.names(world, keyword) == ["\(keyword)\(keyword)", "x\(keyword)x"])
        }
    }

    /// 3.20: "private = only by invite, never in search". Channels of other spaces are none here.
    @Test(arguments: TestEngine.available) func onlyPublicChannelsAreFound(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            _ = try await world.homeChannel(by: ada, name: "secret perch", isPublic: false)
            let space = try await world.space(by: ada)
            _ = try await world.community.createChannel(in: space.id, by: ada, name: "perch of the rookery")
            #expect(try await Self.names(world, "perch").isEmpty)
            #expect(try await Self.names(world, "").isEmpty)
            _ = try await world.community.createChannel(in: try await world.home, by: ada, name: "Perch of all")
            #expect(try await Self.names(world, "perch") == ["Perch of all"])
        }
    }

    @Test(arguments: TestEngine.available) func anotherNameIsFoundAtOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let channel = try await world.homeChannel(by: ada)
            let secret = try await world.homeChannel(by: ada, name: "secret", isPublic: false)
            try await world.community.renameChannel(channel, by: ada, to: "Branch")
            try await world.community.renameChannel(secret, by: ada, to: "branches")
            #expect(try await Self.names(world, "perch").isEmpty)
            #expect(try await Self.names(world, "branch") == ["Branch"])
            // What is no name changes nothing.
            _ = try await world.community.updateChannel(channel, by: ada, ChannelChanges(topic: .set("birds")))
            #expect(try await Self.names(world, "branch") == ["Branch"])
            try await world.community.deleteChannel(channel, by: ada)
            #expect(try await Self.names(world, "branch").isEmpty)
        }
    }

    /// "max 100", and nothing has a longer name than 100 characters.
    @Test(arguments: TestEngine.available) func aSearchFindsABoundedNumber(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            for number in 100..<Limits.searchResults + 102 { _ = try await world.homeChannel(by: ada, name: "channel \(number)") }
            let found = try await Self.names(world, "channel")
            #expect(found.count == Limits.searchResults && found.first == "channel 100" && found.last == "channel 199")
            let long = String(repeating: "x", count: 100)
            _ = try await world.homeChannel(by: ada, name: long)
            #expect(try await Self.names(world, long) == [long])
            #expect(try await Self.names(world, long + "x").isEmpty)
            #expect(try await Self.names(world, "channel\u{0}").isEmpty)
        }
    }
}
