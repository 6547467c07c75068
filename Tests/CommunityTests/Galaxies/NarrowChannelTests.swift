import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// docs/decisions/0006: a channel that was open becomes narrow, and who sees it changes.
struct NarrowChannelTests {
    private struct Nest {
        let space: SpaceID
        let channel: ChannelID
        let owner, keeper, member: AccountID
    }

    /// A galaxy with an open channel, its owner, one who has a role, and one who has none.
    private static func nest(in world: TestWorld) async throws -> (Nest, role: String) {
        let galaxy = try await world.galaxy()
        let (keeper, member) = (try await world.galaxyMember("u2"), try await world.galaxyMember("u3"))
        let role = try await world.role(in: galaxy.space.id, of: [keeper])
        let channel = try await world.galaxyChannel("crows").channel.id
        let owner = try await world.community.account(cosmosUser: "u1").id
        return (Nest(space: galaxy.space.id, channel: channel, owner: owner, keeper: keeper, member: member), String(role.rawValue))
    }

    private static func everyone(_ permissions: Permissions?, in world: TestWorld) async throws {
        _ = try await world.everyone(permissions, in: "crows", of: "g1", by: TestWorld.metadata)
    }

    /// Who loses sight is told first; who keeps it moves along; then comes what happens in the new place.
    @Test(arguments: TestEngine.available) func everybodyIsToldWhatChanges(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, role) = try await Self.nest(in: world)
            var count = world.events.count
            try await Self.everyone([], in: world)
            #expect(
                world.told(after: count) == [
                    "hidden crows from \(nest.keeper.rawValue) (rules)", "hidden crows from \(nest.member.rawValue) (rules)",
                    "narrowed crows for \(nest.owner.rawValue)", "updated crows",
                ])
            let places = world.events.dropFirst(count).map(\.scope)
            #expect(places == [.account, .account, .account, .channel])

            count = world.events.count
            try await world.rule(.roleAllow, role, .viewChannel, in: "crows")
            #expect(world.told(after: count) == ["shown crows to \(nest.keeper.rawValue)", "updated crows"])

            // Open again, it keeps its place in the log: nobody is narrowed a second time.
            count = world.events.count
            try await Self.everyone(nil, in: world)
            #expect(world.told(after: count) == ["shown crows to \(nest.member.rawValue)", "updated crows"])
            let said = try await world.community.createMessage(in: nest.channel, by: nest.member, content: "caw").0
            #expect(said.channelID == nest.channel && world.events.last?.scope == .channel)
        }
    }

    /// A rule that hides nothing from anybody makes it narrow as well: whom it is for may change later.
    @Test(arguments: TestEngine.available) func anyRuleMakesItNarrow(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            let count = world.events.count
            try await world.rule(.roleDeny, "g1", .sendMessages, in: "crows")
            #expect(
                world.told(after: count)
                    == [nest.owner, nest.keeper, nest.member].sorted().map { "narrowed crows for \($0.rawValue)" } + ["updated crows"])
            // What everyone may do without losing sight needs no place of its own.
            try await world.galaxyChannel("owls")
            _ = try await world.everyone(.reading, in: "owls", of: "g1", by: TestWorld.metadata)
            #expect(world.events.last?.scope == .space)
        }
    }

    /// A channel that is narrow from the beginning is shown to those who see it, and nobody else hears of it.
    @Test(arguments: TestEngine.available) func aNewChannelBelowANarrowCategoryIsNarrow(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, role) = try await Self.nest(in: world)
            try await world.galaxyChannel("secrets", kind: .category)
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "secrets")
            try await world.rule(.roleAllow, role, .viewChannel, in: "secrets")
            let count = world.events.count
            try await world.galaxyChannel("plans", in: "secrets")
            let viewers = [nest.owner, nest.keeper].sorted().map { "shown plans to \($0.rawValue)" }
            #expect(world.told(after: count) == ["created plans"] + viewers)
            #expect(world.events[count].scope == .channel)
            let listening = try await world.community.visibleScopes(for: nest.member)
            #expect(
                listening == [EventSource(scope: .account, id: nest.member.rawValue), EventSource(scope: .space, id: nest.space.rawValue)])
        }
    }

    /// The channels of a category become narrow with it, each for itself.
    @Test(arguments: TestEngine.available) func aCategoryTakesItsChannelsAlong(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            try await world.galaxyChannel("birds", kind: .category)
            for child in ["jays", "owls"] { try await world.galaxyChannel(child, in: "birds") }
            try await world.galaxyChannel("hall", kind: .voice, in: "birds")
            let count = world.events.count
            try await world.rule(.memberDeny, "u3", .viewChannel, in: "birds")
            let told = world.told(after: count)
            for channel in ["jays", "owls"] {
                #expect(told.contains("hidden \(channel) from \(nest.member.rawValue) (rules)"))
                for account in [nest.owner, nest.keeper] { #expect(told.contains("narrowed \(channel) for \(account.rawValue)")) }
                #expect(told.contains("updated \(channel)"))
            }
            // Nobody listens to what is no conversation.
            #expect(told.count == 2 * 4 + 2 && told.contains("updated hall") && told.contains("updated birds"))
            let before = world.events.count
            try await world.community.deleteGalaxyChannel("hall", of: "g1", by: TestWorld.metadata)
            #expect(world.told(after: before) == ["deleted hall"])
        }
    }

    /// Roles and members that change later move sight as with any narrow channel.
    @Test(arguments: TestEngine.available) func membersComeAndGoAsTheRulesSay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, role) = try await Self.nest(in: world)
            try await Self.everyone([], in: world)
            try await world.rule(.roleAllow, role, .viewChannel, in: "crows")
            let source = EventSource(scope: .channel, id: nest.channel.rawValue)
            let late = try await world.galaxyMember("u4")
            for (account, hears) in [(nest.owner, true), (nest.keeper, true), (nest.member, false), (late, false)] {
                #expect(try await world.community.visibleScopes(for: account).contains(source) == hears)
            }
            try await world.rule(.memberAllow, "u4", .viewChannel, in: "crows")
            try await world.community.removeGalaxyMember("u4", from: "g1", by: TestWorld.metadata)
            let removals = world.changes.compactMap { if case .removedFromSpace(let removal) = $0 { removal.closedChannels } else { nil } }
            #expect(removals == [[nest.channel]])
            // Rules about somebody wait for it to come back.
            let count = world.events.count
            _ = try await world.galaxyMember("u4")
            guard case .memberAdded(_, _, let detail) = world.changes[count] else { return #expect(Bool(false), "no member") }
            #expect(detail.channels.map(\.id) == [nest.channel])
        }
    }

    // MARK: Coming back

    /// What somebody hears who comes back, in words, page by page.
    private static func missed(
        _ account: AccountID, after: Int64, in world: TestWorld, limit: Int = 1_000
    ) async throws -> [String] {
        var (position, words) = (after, [String]())
        let end = try await world.community.eventPosition().latest
        while position < end {
            let page = try await world.missedEvents(for: account, after: position, upTo: end, limit: limit)
            words += page.events.compactMap { event in
                switch event.live as? CommunityEvent {
                case .messageCreated(let message, _): message.content
                case .channelCreated: "created"
                case .channelShown: "shown"
                case .channelHidden: "hidden"
                case .channelNarrowed: "narrowed"
                default: nil
                }
            }
            position = page.through
        }
        return words
    }

    private static let pages = [1, 2, 3, 1_000]

    /// One message before a channel is narrow, one while it is, and one after.
    private static func narrowAndWiden(_ nest: Nest, in world: TestWorld) async throws {
        _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "one")
        try await everyone([], in: world)
        _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "two")
        try await everyone(nil, in: world)
        _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "three")
    }

    /// Nothing is missed and nothing comes twice when the events of a channel move to another place of the log.
    @Test(arguments: TestEngine.available, pages) func whoKeepsSightMissesNothing(_ engine: TestEngine, _ limit: Int) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            let start = try await world.community.eventPosition().latest
            try await Self.narrowAndWiden(nest, in: world)
            let expected = ["one", "narrowed", "two", "three"]
            #expect(try await Self.missed(nest.owner, after: start, in: world, limit: limit) == expected)
            // From any place in between the rest follows.
            let middle = try #require(world.events.first { EventKind(rawValue: $0.kind) == .channelNarrowed }).id
            #expect(try await Self.missed(nest.owner, after: middle, in: world, limit: limit) == ["two", "three"])
        }
    }

    /// Who lost sight while away hears that, and nothing of the channel.
    @Test(arguments: TestEngine.available, pages) func whoLosesSightHearsNothingOfIt(_ engine: TestEngine, _ limit: Int) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            let start = try await world.community.eventPosition().latest
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "one")
            try await Self.everyone([], in: world)
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "two")
            #expect(try await Self.missed(nest.member, after: start, in: world, limit: limit) == ["hidden"])
        }
    }

    /// Who was shown a channel while away hears what came after that, as those who were here did.
    @Test(arguments: TestEngine.available, pages) func whoGainsSightHearsWhatCameAfter(_ engine: TestEngine, _ limit: Int) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            try await Self.everyone([], in: world)
            let start = try await world.community.eventPosition().latest
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "one")
            try await world.rule(.memberAllow, "u3", .reading, in: "crows")
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "two")
            #expect(try await Self.missed(nest.member, after: start, in: world, limit: limit) == ["shown", "two"])
            #expect(try await Self.missed(nest.owner, after: start, in: world, limit: limit) == ["one", "two"])
        }
    }

    /// The same for sight that was lost in between.
    @Test(arguments: TestEngine.available, pages) func whoGetsSightBackHearsNothingFromInBetween(
        _ engine: TestEngine, _ limit: Int
    ) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            let start = try await world.community.eventPosition().latest
            try await Self.narrowAndWiden(nest, in: world)
            #expect(try await Self.missed(nest.member, after: start, in: world, limit: limit) == ["one", "hidden", "shown", "three"])
        }
    }

    /// A channel that was made meanwhile is told of once.
    @Test(arguments: TestEngine.available, pages) func aNarrowChannelIsShownOnce(_ engine: TestEngine, _ limit: Int) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            try await world.galaxyChannel("secrets", kind: .category)
            try await world.rule(.roleDeny, "g1", .viewChannel, in: "secrets")
            let start = try await world.community.eventPosition().latest
            let plans = try await world.galaxyChannel("plans", in: "secrets").channel.id
            _ = try await world.community.createMessage(in: plans, by: nest.owner, content: "one")
            #expect(try await Self.missed(nest.owner, after: start, in: world, limit: limit) == ["shown", "one"])
            #expect(try await Self.missed(nest.member, after: start, in: world, limit: limit) == [])
        }
    }

    /// Who has left and come back begins anew, whatever was shown or hidden before.
    @Test(arguments: TestEngine.available) func whoComesBackToTheGalaxyBeginsAnew(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (nest, _) = try await Self.nest(in: world)
            let start = try await world.community.eventPosition().latest
            try await Self.everyone([], in: world)
            world.clock.advance(seconds: 1)
            try await world.community.removeGalaxyMember("u3", from: "g1", by: TestWorld.metadata)
            world.clock.advance(seconds: 1)
            try await Self.everyone(nil, in: world)
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "one")
            world.clock.advance(seconds: 1)
            _ = try await world.galaxyMember("u3")
            _ = try await world.community.createMessage(in: nest.channel, by: nest.owner, content: "two")
            let words = try await Self.missed(nest.member, after: start, in: world)
            #expect(words.filter { $0 != "hidden" } == ["two"])
        }
    }
}
