import Community
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.3.
struct ChannelTests {
    /// "position? (default last)", and the list "by position, then id".
    @Test(arguments: TestEngine.available) func channelsStandByPosition(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let last = try await world.community.createChannel(in: space.id, by: ada, name: " last ", topic: "t")
            let first = try await world.community.createChannel(in: space.id, by: ada, name: "first", position: 0)
            let next = try await world.community.createChannel(in: space.id, by: ada, name: "next")
            #expect(last.name == "last" && last.topic == "t" && last.position == 1 && next.position == 2)
            #expect(last.kind == .text && last.access == .open && last.spaceID == space.id && last.lastMessageID == nil)
            #expect(try await world.community.channels(of: space.id, for: ada).map(\.id) == [space.general, first.id, last.id, next.id])
            #expect(try await world.community.channel(last.id, for: ada) == last)
        }
    }

    /// 5.3: "Receivers: all members of the server".
    @Test(arguments: TestEngine.available) func aNewChannelIsAnEventOfItsSpace(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let channel = try await world.community.createChannel(in: space.id, by: ada, name: "birds")
            guard case .channelCreated(channel)? = world.changes.last, let event = world.events.last else {
                Issue.record("no event about the channel")
                return
            }
            #expect(event.scope == .space && event.scopeID == space.id.rawValue && event.subjectID == channel.id.rawValue)
        }
    }

    @Test(arguments: TestEngine.available, ["", "   ", "\u{0}", "a\nb", String(repeating: "c", count: 101)])
    func aChannelNeedsAName(_ engine: TestEngine, _ name: String) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            let before = try await world.rowCounts()
            let error = await #expect(throws: CommunityError.self) {
                try await world.community.createChannel(in: space.id, by: ada, name: name, position: -1)
            }
            guard case .invalid(let problems)? = error else { return #expect(Bool(false)) }
            #expect(problems.map(\.name) == ["name", "position"])
            #expect(try await world.rowCounts() == before)
        }
    }

    /// Section 2: "500 channels per server".
    @Test(arguments: TestEngine.available) func aSpaceHasABoundedNumberOfChannels(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            for number in 1..<500 { _ = try await world.community.createChannel(in: space.id, by: ada, name: "\(number)") }
            await #expect(throws: CommunityError.limitReached(name: "channels per space", limit: 500)) {
                try await world.community.createChannel(in: space.id, by: ada, name: "one too many")
            }
            #expect(try await world.community.channels(of: space.id, for: ada).count == 500)
        }
    }
}
