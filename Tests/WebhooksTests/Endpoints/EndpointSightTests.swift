import Community
import Primitives
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// contracts/cosmos.md 8.1, "Visibility": nobody sees through somebody else's endpoint, and no URL speaks for another.
@Suite struct EndpointSightTests {
    /// Who changes what is sent, or where, is the one whose sight counts; what was made for the other one is not sent any more.
    @Test(
        arguments: TestEngine.available,
        [
            EndpointChanges(url: "https://moved.example.net/"), EndpointChanges(events: ["message.*"]),
            EndpointChanges(channels: .set(nil)), EndpointChanges(isEnabled: true),
        ])
    func whoChangesAnEndpointIsItsOwner(engine: TestEngine, changes: EndpointChanges) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("heard")
            await world.settle()
            let attempt = try #require(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 1).first)
            world.receiver.answer(500)
            try await world.rename("waits")
            await world.settle()
            world.receiver.clear()
            world.receiver.answer(204)
            let other = AccountID(world.owner.rawValue + 1)
            let changed = try await world.engine.updateEndpoint(id, of: world.space, galaxyID: "g1", by: other, changes)
            #expect(changed.createdBy == other)
            #expect(try await world.shown(id).createdBy == other)
            #expect(try await world.rows(.waiting).allSatisfy { $0 == "webhook.ping" })
            await #expect(throws: WebhookRefusal.unknownDelivery) {
                try await world.engine.redeliver(attempt.id, of: id, of: world.space)
            }
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(seconds: 0)) == 0)
        }
    }

    /// Words about an endpoint change nothing of it, nor does switching it off.
    @Test(arguments: TestEngine.available, [EndpointChanges(description: .set("of the owls")), EndpointChanges(isEnabled: false)])
    func otherChangesLeaveItWhose(engine: TestEngine, changes: EndpointChanges) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            let other = AccountID(world.owner.rawValue + 1)
            let changed = try await world.engine.updateEndpoint(id, of: world.space, galaxyID: "g1", by: other, changes)
            #expect(changed.createdBy == world.owner)
        }
    }

    /// 8.1: "until a 2xx the state is pending", "new url => pending again": what another URL answers says nothing about the one of now.
    @Test(arguments: TestEngine.available, [204, 410, 500])
    func theFormerURLSaysNothingAboutTheNewOne(engine: TestEngine, status: Int) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint(isActive: false)
            let (ping, record) = try #require(try await world.engine.takeDue().first)
            let moved = "https://moved.example.net/"
            _ = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(url: moved))
            world.receiver.answer(status)
            await world.engine.attempt(ping, record)
            let present = try await world.shown(id)
            #expect(present.state == .pending && present.firstFailureAt == nil && present.lastSuccessAt == nil)
            world.receiver.clear()
            world.receiver.answer(204)
            await world.settle()
            #expect(try await world.shown(id).state == .active)
            #expect(world.receiver.arrivals.allSatisfy { $0.url == moved } && !world.receiver.arrivals.isEmpty)
        }
    }

    /// 8.1: what is disabled is sent nothing but pings, also when somebody takes up again what was given up.
    @Test(arguments: TestEngine.available)
    func whatIsDisabledIsSentNothing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("waits")
            try await world.engine.pump()
            _ = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: false))
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(seconds: 0)) == 1)
            await world.settle()
            #expect(world.receiver.arrivals.isEmpty)
            try await world.engine.test(id, of: world.space, galaxyID: "g1")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping"])
            #expect(try await world.shown(id).state == .disabled)
        }
    }

    /// 8.4: "A backlog above 10 000": what is taken up again leaves room for what comes.
    @Test func nobodyTakesUpMoreThanMayWait() async throws {
        try await WebhookWorld.run(on: .sqlite) { world in
            let (id, _) = try await world.endpoint()
            let limit = EndpointHealth.backlogLimit
            try await world.database.transaction { tx in
                for number in 0..<limit { try tx.queue("member.left", Array("{}".utf8), messageID: "msg_\(number)", for: id) }
                try tx.execute("UPDATE webhook_deliveries SET state = 3 WHERE endpoint_id = $1", [.integer(id.rawValue)])
            }
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(seconds: 0)) == limit / 2)
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(seconds: 0)) == 0)
            try await world.rename("heard")
            try await world.engine.pump()
            #expect(try await world.shown(id).state == .active)
        }
    }

    // MARK: The end of a galaxy

    /// 8.2: "data always has galaxyId"; 9.7: "all galaxies, meant for the metadata server": also when its owner ends it through another API.
    @Test(arguments: TestEngine.available)
    func theEndOfAGalaxyIsToldByItsName(engine: TestEngine) async throws {
        var settings = WebhookSettings()
        settings.system = [("https://metadata.example.net/hooks", ["galaxy.*"])]
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            try await world.engine.prepare(isAlone: false)
            try await world.endpoint(events: ["galaxy.*"])
            try await world.community.deleteSpace(world.space, by: world.owner)
            await world.settle()
            let ends = world.receiver.arrivals.filter { $0.type == "galaxy.deleted" }
            #expect(ends.count == 2 && ends.allSatisfy { $0.data("galaxyId") == "g1" })
            // The id is not free again.
            let draft = try GalaxyDraft(id: "g1", name: "Rookery", ownerID: "u1")
            await #expect(throws: CommunityError.galaxyConflict) {
                try await world.community.createGalaxy(draft, by: .actor(WebhookWorld.metadata), address: "192.0.2.1")
            }
        }
    }
}
