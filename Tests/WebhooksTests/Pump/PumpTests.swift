import Community
import Primitives
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// From the event log into the queue (docs/decisions/0011-webhooks-and-the-log.md; contracts/cosmos.md 8.1, "Visibility").
@Suite struct PumpTests {
    /// An event is never skipped and never doubled, wherever the process ended.
    @Test(arguments: TestEngine.available)
    func theNextProcessGoesOnWhereTheLastOneWas(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            try await world.rename("one")
            try await world.engine.pump()
            try await world.rename("two")
            try await world.rename("three")
            let next = try await world.openAgain()
            await next.settle()
            try await next.rename("four")
            await next.settle()
            await world.settle()
            await next.database.close()
            #expect(world.receiver.arrivals.count == 4)
            #expect(Set(world.receiver.arrivals.map(\.messageID)).count == 4)
            #expect(try await world.rows(.delivered).count == 5)
        }
    }

    /// Two processes that look at the same time write each event once.
    @Test(arguments: TestEngine.available)
    func twoProcessesQueueAnEventOnce(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            let other = try await world.openAgain()
            for round in 0..<5 {
                for number in 0..<10 { try await world.rename("\(round) \(number)") }
                async let first: Void = world.settle()
                async let second: Void = other.settle()
                _ = await (first, second)
            }
            await world.settle()
            await other.settle()
            await other.database.close()
            #expect(world.receiver.arrivals.count == 50)
            #expect(Set(world.receiver.arrivals.map(\.messageID)).count == 50)
        }
    }

    /// More than one page of events.
    @Test(arguments: TestEngine.available)
    func manyEventsAreQueuedPageByPage(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            let channel = try await world.channel("c1")
            for number in 0..<450 { try await world.say("\(number)", in: channel) }
            try await world.engine.pump()
            #expect(try await world.rows(.waiting).count == 451)
            try await world.engine.pump()
            #expect(try await world.rows(.waiting).count == 451)
        }
    }

    /// 8.1: until a 2xx an endpoint is told of nothing, and then of what happens from there on.
    @Test(arguments: TestEngine.available)
    func whoHasNotAnsweredYetIsToldOfNothing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            world.receiver.answer(500)
            let (id, _) = try await world.endpoint(isActive: false)
            try await world.rename("before")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping"])
            #expect(try await world.shown(id).state == .pending)
            world.receiver.answer(204)
            await world.pass(seconds: 5, step: 5)
            #expect(try await world.shown(id).state == .active)
            try await world.rename("after")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping", "webhook.ping", "galaxy.updated"])
        }
    }

    /// 8.1: only the types that an endpoint has named.
    @Test(arguments: TestEngine.available)
    func anEndpointHearsWhatItHasAskedFor(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint(events: ["channel.*", "member.joined"])
            let channel = try await world.channel("c1")
            try await world.say("hello", in: channel)
            try await world.rename("Nest")
            _ = try await world.member("u2")
            await world.settle()
            try await world.community.removeGalaxyMember("u2", from: "g1", by: WebhookWorld.metadata)
            try await world.community.deleteGalaxyChannel("c1", of: "g1", by: WebhookWorld.metadata)
            await world.settle()
            #expect(world.receiver.types.sorted() == ["channel.created", "channel.deleted", "member.joined"])
        }
    }

    /// 8.1: `channelIds` limits what concerns channels, and nothing else.
    @Test(arguments: TestEngine.available)
    func anEndpointMayBeLimitedToChannels(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (one, two) = (try await world.channel("c1"), try await world.channel("c2"))
            try await world.endpoint(channels: ["c1"])
            try await world.say("hello", in: one)
            try await world.say("hello", in: two)
            try await world.rename("Nest")
            await world.settle()
            #expect(world.receiver.types.sorted() == ["galaxy.updated", "message.created"])
            #expect(world.receiver.arrivals.compactMap { $0.data("channelId") } == ["c1"])
        }
    }

    /// 8.1: "a channel event goes out only if the endpoint's creator has VIEW_CHANNEL there at that moment", in channels with an audience of their
    /// own as in those without.
    @Test(arguments: TestEngine.available)
    func whatTheCreatorMayNotSeeIsNotSent(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let keeper = try await world.member("u2")
            _ = try await world.role(.manageWebhooks, of: keeper)
            let (open, hidden) = (try await world.channel("open"), try await world.channel("hidden"))
            try await world.limit("hidden", to: [])
            try await world.endpoint(events: ["channel.*", "message.*"], by: keeper)
            try await world.endpoint(url: "https://owner.example.net/", events: ["channel.*", "message.*"])
            try await world.say("all may read this", in: open)
            try await world.say("not all may read this", in: hidden)
            _ = try await world.community.updateGalaxyChannel(
                "hidden", of: "g1", by: WebhookWorld.metadata, GalaxyChannelChanges(content: ChannelChanges(topic: .set("x"))))
            await world.settle()
            #expect(world.receiver.arrivals.filter { $0.url == WebhookWorld.url }.map(\.type) == ["message.created"])
            #expect(
                world.receiver.arrivals.filter { $0.url != WebhookWorld.url }.compactMap(\.type).sorted() == [
                    "channel.updated", "message.created", "message.created",
                ])
        }
    }

    /// contracts/cosmos.md 2: whoever said something has the id that `member.joined` told of.
    @Test(arguments: TestEngine.available)
    func authorsAreNamedAsMembersAre(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let channel = try await world.channel("c1")
            try await world.endpoint(events: ["message.created"])
            try await world.say("hello", in: channel)
            await world.settle()
            #expect(world.receiver.arrivals.map { $0.data("authorId") } == ["u1"])
        }
    }

    /// 8.1: "message.*: also READ_MESSAGE_HISTORY".
    @Test(arguments: TestEngine.available)
    func messagesNeedTheRightToReadThem(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let keeper = try await world.member("u2")
            _ = try await world.role(.manageWebhooks, of: keeper)
            let channel = try await world.channel("c1")
            try await world.limit("c1", to: .viewChannel)
            try await world.endpoint(events: ["channel.*", "message.*"], by: keeper)
            let id = try await world.say("hello", in: channel)
            try await world.community.deleteMessage(id, in: channel.channel.id, by: world.owner)
            _ = try await world.community.updateGalaxyChannel(
                "c1", of: "g1", by: WebhookWorld.metadata, GalaxyChannelChanges(content: ChannelChanges(topic: .set("x"))))
            await world.settle()
            #expect(world.receiver.types == ["channel.updated"])
        }
    }

    /// 8.1: channel.deleted goes to those who saw the channel, also when not everybody did.
    @Test(arguments: TestEngine.available)
    func whoSawAChannelHearsOfItsEnd(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let keeper = try await world.member("u2")
            _ = try await world.role(.manageWebhooks, of: keeper)
            try await world.channel("hidden")
            try await world.limit("hidden", to: [])
            try await world.endpoint(by: keeper)
            try await world.endpoint(url: "https://owner.example.net/", channels: ["hidden"])
            try await world.community.deleteGalaxyChannel("hidden", of: "g1", by: WebhookWorld.metadata)
            await world.settle()
            #expect(world.receiver.arrivals.map(\.url) == ["https://owner.example.net/"])
            let told = try #require(world.receiver.arrivals.first)
            #expect(told.type == "channel.deleted")
            #expect(told.data("channelId") == "hidden")
        }
    }

    /// 8.1: "loss of MANAGE_WEBHOOKS disables it": at once for all that comes after.
    @Test(arguments: TestEngine.available)
    func whoMayHaveNoWebhooksHearsNothing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let keeper = try await world.member("u2")
            let role = try await world.role(.manageWebhooks, of: keeper)
            let (id, _) = try await world.endpoint(by: keeper)
            try await world.rename("Nest")
            await world.settle()
            _ = try await world.database.transaction { tx in
                try tx.execute("DELETE FROM member_roles WHERE role_id = $1", [.integer(role)])
            }
            try await world.rename("Eyrie")
            await world.settle()
            #expect(world.receiver.arrivals.count == 1)
            #expect(try await world.shown(id).state == .disabled)
            #expect(try await world.shown(id).disabledReason == .creatorLostPermission)
        }
    }

    /// 8.1: who has left may have no webhooks there.
    @Test(arguments: TestEngine.available)
    func whoHasLeftHearsNothing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let keeper = try await world.member("u2")
            _ = try await world.role(.manageWebhooks, of: keeper)
            let (id, _) = try await world.endpoint(by: keeper)
            try await world.endpoint(url: "https://owner.example.net/", events: ["webhook.disabled"])
            try await world.community.removeGalaxyMember("u2", from: "g1", by: WebhookWorld.metadata)
            await world.settle()
            #expect(world.receiver.types == ["webhook.disabled"])
            #expect(try await world.shown(id).disabledReason == .creatorLostPermission)
        }
    }

    /// 8.1: galaxy.deleted is the last that is heard of a galaxy, however much had happened before.
    @Test(arguments: TestEngine.available)
    func theEndOfAGalaxyIsTold(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            for number in 0..<(WebhookEngine.page + 20) { try await world.rename("\(number)") }
            try await world.community.deleteGalaxy("g1", by: WebhookWorld.origin)
            await world.settle()
            #expect(world.receiver.types == ["galaxy.deleted"])
            #expect(try await world.shown(id).state == .disabled)
        }
    }

    /// 8.2: "Over 20480 bytes => thin: ids plus truncated".
    @Test(arguments: TestEngine.available)
    func aLargeBodyIsSentThin(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let channel = try await world.channel("c1")
            try await world.endpoint()
            let start =
                #"{"type":"message.created","timestamp":"2027-01-15T08:00:00.000Z","data":{"galaxyId":"g1","channelId":"c1","authorId":"u1","#
            let frame = start + #""text":""}}"#
            let room = WebhookEngine.bodyLimit - frame.utf8.count
            for length in [room, room + 1] {
                try await world.say("x\(length)", in: channel)
                await world.settle()
            }
            let bodies = world.receiver.arrivals.map(\.body)
            #expect(bodies.map(\.count).first == WebhookEngine.bodyLimit)
            #expect(bodies.last == Array((start + #""truncated":true}}"#).utf8))
        }
    }

    /// An endpoint whose place the log has forgotten goes on with what is left of it, and the operator can see that.
    @Test(arguments: TestEngine.available)
    func aPlaceThatIsForgottenIsMovedOn(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("lost")
            try await world.rename("lost too")
            world.clock.advance(seconds: 10)
            let time = world.clock.now
            _ = try await world.database.pruneEvents(before: time, keepAtMost: 1_000)
            try await world.rename("found")
            await world.settle()
            #expect(world.receiver.types == ["galaxy.updated"])
            #expect(world.reports.all.compactMap { $0 as? WebhookGap }.map(\.endpoint) == [id])
            try await world.rename("found too")
            await world.settle()
            #expect(world.receiver.types.count == 2)
            #expect(world.reports.all.count == 1)
        }
    }

    /// 8.4: "backlog when more than 10000 messages wait".
    @Test(arguments: TestEngine.available)
    func whoseBacklogGrowsIsGivenUp(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.endpoint(url: "https://other.example.net/", events: ["webhook.disabled"])
            try await world.database.transaction { tx in
                for _ in 0..<EndpointHealth.backlogLimit - 1 {
                    try tx.queue("galaxy.updated", [], messageID: "msg_0", for: id)
                }
            }
            try await world.rename("the last that fits")
            try await world.engine.pump()
            #expect(try await world.shown(id).state == .active)
            try await world.rename("one more")
            try await world.engine.pump()
            #expect(try await world.shown(id).disabledReason == .backlog)
            await world.settle()
            #expect(world.receiver.types == ["webhook.disabled"])
        }
    }
}
