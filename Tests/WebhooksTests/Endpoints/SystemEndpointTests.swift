import Community
import Primitives
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// Endpoints of the operator's configuration (contracts/cosmos.md 9.7, last paragraph).
@Suite struct SystemEndpointTests {
    private static let url = "https://metadata.example.net/hooks"

    private static func settings(_ system: [(url: String, events: [String])]) -> WebhookSettings {
        var settings = WebhookSettings()
        settings.system = system
        return settings
    }

    /// "an operator-configured endpoint with scheme v1a, all galaxies": whatever is shown to whom, and without a ping.
    @Test(arguments: TestEngine.available)
    func theOperatorsEndpointHearsOfAllGalaxies(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine, settings: Self.settings([(Self.url, ["*"])])) { world in
            try await world.engine.prepare(isAlone: false)
            let hidden = try await world.channel("hidden")
            try await world.limit("hidden", to: [])
            try await world.say("not for everybody", in: hidden)
            let draft = try GalaxyDraft(id: "g2", name: "Eyrie", ownerID: "u1")
            _ = try await world.community.createGalaxy(draft, by: .actor(WebhookWorld.metadata), address: "192.0.2.1")
            try await world.community.updateGalaxy("g2", by: WebhookWorld.origin, GalaxyChanges(name: "Nest"))
            try await world.community.deleteGalaxyChannel("hidden", of: "g1", by: WebhookWorld.metadata)
            await world.settle()
            let types = world.receiver.types
            #expect(types.filter { $0 == "galaxy.updated" }.count == 1)
            #expect(types.filter { $0 == "channel.deleted" }.count == 1)
            #expect(world.receiver.arrivals.first { $0.type == "channel.deleted" }?.data("channelId") == "hidden")
            #expect(world.receiver.arrivals.contains { $0.data("galaxyId") == "g2" })
            #expect(world.receiver.arrivals.allSatisfy { $0.url == Self.url })
            #expect(world.receiver.arrivals.allSatisfy { $0.header("webhook-signature")?.hasPrefix("v1a,") == true })
        }
    }

    /// What people say in a space that is no galaxy of a metadata server is none of its business.
    @Test(arguments: TestEngine.available)
    func otherSpacesAreNotTold(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine, settings: Self.settings([(Self.url, ["*"])])) { world in
            try await world.engine.prepare(isAlone: false)
            let own = try await world.community.createSpace(by: world.owner, name: "Own", description: nil, iconURL: nil)
            let general = try #require(own.channels.first)
            _ = try await world.community.createMessage(in: general.id, by: world.owner, content: "hello")
            _ = try await world.community.deleteChannel(general.id, by: world.owner)
            await world.settle()
            #expect(world.receiver.arrivals.isEmpty)
        }
    }

    /// After a restart it goes on where it was; one that is not configured any more is gone.
    @Test(arguments: TestEngine.available)
    func theConfigurationDecides(engine: TestEngine) async throws {
        let settings = Self.settings([(Self.url, ["galaxy.*"])])
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            try await world.engine.prepare(isAlone: false)
            try await world.rename("Nest")
            let again = try await world.openAgain(settings: settings)
            try await again.engine.prepare(isAlone: false)
            await again.settle()
            #expect(world.receiver.types == ["galaxy.updated"])
            await again.database.close()
            let without = try await world.openAgain()
            try await without.engine.prepare(isAlone: false)
            try await without.rename("Eyrie")
            await without.settle()
            #expect(world.receiver.arrivals.count == 1)
            #expect(try await without.database.read { try $0.systemEndpoints() }.isEmpty)
            await without.database.close()
        }
    }

    /// 8.3: 410 disables it like others; the next start of the server enables it.
    @Test(arguments: TestEngine.available)
    func oneThatIsGoneHearsNothingUntilTheNextStart(engine: TestEngine) async throws {
        let settings = Self.settings([(Self.url, ["galaxy.*"])])
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            try await world.engine.prepare(isAlone: false)
            world.receiver.answerNext(Receiver.status(410))
            try await world.rename("Nest")
            await world.settle()
            try await world.rename("Eyrie")
            await world.pass(seconds: 1_000, step: 500)
            #expect(world.receiver.arrivals.count == 1)
            try await world.engine.prepare(isAlone: false)
            await world.settle()
            #expect(world.receiver.arrivals.count == 2)
        }
    }
}
