import Community
import Primitives
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// Who is asked when something has happened: an endpoint costs nothing while nothing happens in its galaxy.
@Suite struct PlacesTests {
    /// Neither what happens in other galaxies nor the engine's own deliveries have an endpoint read the log.
    @Test(arguments: TestEngine.available)
    func whatHappensElsewhereIsNotRead(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            let other = try await world.secondGalaxy()
            let (second, _) = try await world.engine.createEndpoint(
                in: other, galaxyID: "g2", by: world.owner, url: "https://other.example.net/", events: ["*"], scheme: .symmetric)
            await world.settle()
            let before = try await world.position(of: id)
            try await world.community.updateGalaxy("g2", by: WebhookWorld.origin, GalaxyChanges(name: "Attic"))
            await world.settle()
            #expect(world.receiver.arrivals.last?.data("galaxyId") == "g2")
            #expect(try await world.position(of: id) == before)
            #expect(try await world.position(of: second.id) > before)
            try await world.rename("Nest")
            await world.settle()
            #expect(world.receiver.arrivals.last?.data("text") == "Nest")
        }
    }

    /// The end of a channel that not everybody saw is told to accounts; their endpoints are asked all the same.
    @Test(arguments: TestEngine.available)
    func whatIsToldToAnAccountIsRead(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.channel("c1")
            try await world.limit("c1", to: [])
            try await world.endpoint(events: ["channel.deleted"])
            try await world.community.deleteGalaxyChannel("c1", of: "g1", by: WebhookWorld.metadata)
            await world.settle()
            #expect(world.receiver.arrivals.map { $0.data("channelId") } == ["c1"])
        }
    }

    /// Now and then all are asked, so that none falls out of what the log keeps.
    @Test(arguments: TestEngine.available)
    func quietEndpointsMoveOnNowAndThen(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            let before = try await world.position(of: id)
            _ = try await world.secondGalaxy()
            await world.settle()
            #expect(try await world.position(of: id) == before)
            world.engine.progress.withLock { $0.nextSweep = .now }
            await world.settle()
            #expect(try await world.position(of: id) > before)
        }
    }

    /// So many events that reading them would cost more than asking everybody are not looked at one by one.
    @Test(arguments: TestEngine.available)
    func manyEventsAreEverywhere(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            #expect(try await world.community.eventPlaces(after: 0, limit: 1).isEverywhere)
            let position = try await world.community.eventPosition().latest
            #expect(try await world.community.eventPlaces(after: position, limit: 10).spaces.isEmpty)
            try await world.rename("Nest")
            let later = try await world.community.eventPlaces(after: position, limit: 10)
            #expect(later.spaces == [world.space] && !later.isEverywhere && later.through > position)
        }
    }
}

extension WebhookWorld {
    fileprivate func position(of id: EndpointID) async throws -> Int64 {
        try #require(try await database.read { try $0.endpoint(id) }).position
    }

    fileprivate func secondGalaxy() async throws -> SpaceID {
        let draft = try GalaxyDraft(id: "g2", name: "Loft", ownerID: "u1")
        return try await community.createGalaxy(draft, by: .actor(Self.metadata), address: "192.0.2.1").galaxy.space.id
    }
}
