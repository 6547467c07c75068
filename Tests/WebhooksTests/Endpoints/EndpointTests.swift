import Community
import Primitives
import Security
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// Endpoints as those who may manage them do (contracts/cosmos.md 8.1).
@Suite struct EndpointTests {
    /// 8.1: "then `webhook.ping` is sent; until a 2xx the state is pending"; 8.2: its headers and body.
    @Test(arguments: TestEngine.available)
    func aNewEndpointIsPinged(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, secret) = try await world.endpoint(isActive: false)
            #expect(try await world.shown(id).state == .pending)
            #expect(secret.count == 32)
            await world.settle()
            let shown = try await world.shown(id)
            #expect(shown.state == .active)
            #expect(shown.lastSuccessAt == world.clock.now)
            let ping = try #require(world.receiver.arrivals.first)
            #expect(world.receiver.arrivals.count == 1)
            let body =
                #"{"type":"webhook.ping","timestamp":"2027-01-15T08:00:00.000Z","data":{"galaxyId":"g1","webhookId":"\#(id.rawValue)"}}"#
            #expect(String(decoding: ping.body, as: UTF8.self) == body)
            #expect(ping.header("content-type") == "application/json")
            #expect(ping.header("user-agent") == "Roost")
            #expect(ping.header("webhook-timestamp") == "1800000000")
            #expect(ping.messageID?.hasPrefix("msg_") == true)
            #expect(ping.messageID?.utf8.count == 30)
        }
    }

    /// 8.1: "max 10 per galaxy".
    @Test(arguments: TestEngine.available)
    func aGalaxyHasTenEndpoints(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            var last = EndpointID(0)
            for _ in 0..<10 { last = try await world.endpoint(isActive: false).id }
            await #expect(throws: WebhookRefusal.limitReached(10)) { try await world.endpoint() }
            try await world.engine.deleteEndpoint(last, of: world.space)
            try await world.endpoint(isActive: false)
            #expect(try await world.engine.endpoints(of: world.space).count == 10)
        }
    }

    /// 8.1, 8.5: what is no URL for deliveries, or no type of event, is not taken: neither when an endpoint is made nor when it is changed.
    @Test(arguments: TestEngine.available)
    func onlyGoodURLsAndTypesAreTaken(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            for url in [
                "http://hooks.example.net/", "https://127.0.0.1/", "https://hooks.example.net:8443/", "https://localhost/",
                "ftp://x.example.net/",
            ] {
                await #expect(throws: WebhookRefusal.self) { try await world.endpoint(url: url) }
                await #expect(throws: WebhookRefusal.self) {
                    try await world.engine.updateEndpoint(id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(url: url))
                }
            }
            await #expect(throws: WebhookRefusal.unknownEvent("galaxy.painted")) {
                try await world.endpoint(events: ["*", "galaxy.painted"])
            }
            await #expect(throws: WebhookRefusal.unknownEvent("x")) {
                try await world.engine.updateEndpoint(id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(events: ["x"]))
            }
            #expect(try await world.shown(id).state == .active)
        }
    }

    /// An endpoint belongs to its galaxy: by another one's it is unknown, for every call.
    @Test(arguments: TestEngine.available)
    func endpointsOfOtherGalaxiesAreUnknown(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            let attempt = try #require(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 1).first)
            let other = SpaceID(world.space.rawValue + 1)
            let (engine, unknown) = (world.engine, WebhookRefusal.unknownEndpoint)
            await #expect(throws: unknown) { try await engine.endpoint(id, of: other) }
            await #expect(throws: unknown) {
                try await engine.updateEndpoint(id, of: other, galaxyID: "g2", by: world.owner, EndpointChanges(isEnabled: false))
            }
            await #expect(throws: unknown) { try await engine.deleteEndpoint(id, of: other) }
            await #expect(throws: unknown) { try await engine.rotateSecret(of: id, of: other, overlap: 0) }
            await #expect(throws: unknown) { try await engine.test(id, of: other, galaxyID: "g2") }
            await #expect(throws: unknown) { try await engine.attempts(of: id, of: other, before: 0, limit: 1) }
            await #expect(throws: unknown) { try await engine.redeliver(attempt.id, of: id, of: other) }
            await #expect(throws: unknown) { try await engine.recover(id, of: other, since: Timestamp(microseconds: 0)) }
            #expect(try await engine.endpoints(of: other).isEmpty)
            #expect(try await world.shown(id).state == .active)
        }
    }

    /// 8.1: "new url => pending again": what waits goes nowhere before the new one has answered, and then to it.
    @Test(arguments: TestEngine.available)
    func anotherURLHasToAnswerFirst(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(500)
            try await world.rename("Nest")
            await world.settle()
            let moved = "https://moved.example.net/"
            let changed = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(url: moved))
            #expect(changed.state == .pending)
            #expect(changed.firstFailureAt == nil)
            await world.pass(seconds: 200, step: 5)
            let before = world.receiver.arrivals.dropFirst()
            #expect(before.allSatisfy { $0.url == moved && $0.type == "webhook.ping" })
            #expect(!before.isEmpty)
            world.receiver.clear()
            world.receiver.answer(204)
            await world.pass(seconds: 400, step: 5)
            #expect(world.receiver.types == ["webhook.ping", "galaxy.updated"])
            #expect(world.receiver.arrivals.allSatisfy { $0.url == moved })
        }
    }

    /// 8.1: "enabled": what is disabled drops what waits and hears of nothing; enabled again, of what comes after.
    @Test(arguments: TestEngine.available)
    func whatIsDisabledBeginsAnew(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("waits")
            try await world.engine.pump()
            var changed = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: false))
            #expect(changed.state == .disabled)
            #expect(changed.disabledReason == .user)
            try await world.rename("unheard")
            await world.settle()
            #expect(world.receiver.arrivals.isEmpty)
            changed = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: true))
            #expect(changed.state == .pending)
            #expect(changed.disabledReason == nil)
            await world.settle()
            try await world.rename("heard")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping", "galaxy.updated"])
        }
    }

    /// A page of the log that was read before somebody disabled the endpoint is not queued behind it.
    @Test(arguments: TestEngine.available)
    func whatIsDisabledMeanwhileGetsNothing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            let (second, _) = try await world.endpoint(url: "https://second.example.net/")
            try await world.rename("Nest")
            let stale = try await world.database.read { try $0.listeningEndpoints() }
            #expect(stale.count == 2)
            _ = try await world.engine.updateEndpoint(
                second, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: false))
            try await world.engine.pump(stale)
            #expect(try await world.rows(.waiting) == ["galaxy.updated"])
        }
    }

    /// 8.1: "enabled:true clears the failure state", also of one that is not disabled yet.
    @Test(arguments: TestEngine.available)
    func enablingForgetsFailures(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(503)
            try await world.rename("Nest")
            await world.settle()
            #expect(try await world.shown(id).firstFailureAt != nil)
            let changed = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: true))
            #expect(changed.firstFailureAt == nil)
            #expect(changed.state == .active)
            #expect(try await world.shown(id) == changed)
            world.receiver.answer(204)
            await world.pass(seconds: 5, step: 5)
            #expect(world.receiver.arrivals.count == 2)
        }
    }

    /// 8.1: "DELETE .../:wid: 204; pending deliveries dropped".
    @Test(arguments: TestEngine.available)
    func whatIsDeletedIsGone(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            try await world.engine.pump()
            try await world.engine.deleteEndpoint(id, of: world.space)
            await world.pass(seconds: 100, step: 50)
            #expect(world.receiver.arrivals.isEmpty)
            await #expect(throws: WebhookRefusal.unknownEndpoint) { try await world.shown(id) }
            let rows = try await world.database.read { reader in
                try reader.first("SELECT (SELECT COUNT(*) FROM webhook_deliveries) + (SELECT COUNT(*) FROM webhook_attempts)", []) {
                    try $0.integer(0)
                }
            }
            #expect(rows == 0)
        }
    }

    /// 8.1: "both secrets sign during the overlap", the new one first; then the new one alone.
    @Test(arguments: TestEngine.available)
    func bothSecretsSignDuringTheOverlap(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, former) = try await world.endpoint()
            let secret = try await world.engine.rotateSecret(of: id, of: world.space, overlap: 60)
            #expect(secret != former)
            for (seconds, secrets) in [(0, [secret, former]), (59, [secret, former]), (1, [secret])] as [(Int64, [[UInt8]])] {
                world.clock.advance(seconds: seconds)
                try await world.rename("Nest \(world.clock.now.seconds)")
                await world.settle()
                let arrival = try #require(world.receiver.arrivals.last)
                let expected = secrets.map { secret in
                    StandardWebhookSignature.symmetric(
                        id: arrival.messageID ?? "", timestamp: world.clock.now.seconds, body: arrival.body, secret: secret)
                }
                #expect(arrival.header("webhook-signature") == expected.joined(separator: " "))
            }
            #expect(world.receiver.arrivals.count == 3)
            let third = try await world.engine.rotateSecret(of: id, of: world.space, overlap: 0)
            try await world.rename("Eyrie")
            await world.settle()
            let arrival = try #require(world.receiver.arrivals.last)
            #expect(
                arrival.header("webhook-signature")
                    == StandardWebhookSignature.symmetric(
                        id: arrival.messageID ?? "", timestamp: world.clock.now.seconds, body: arrival.body, secret: third))
        }
    }

    /// 8.2: "scheme both => `v1,... v1a,...`".
    @Test(arguments: TestEngine.available, SignatureScheme.allCases)
    func deliveriesAreSignedAsTheSchemeSays(engine: TestEngine, scheme: SignatureScheme) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (_, secret) = try await world.endpoint(scheme: scheme)
            try await world.rename("Nest")
            await world.settle()
            let arrival = try #require(world.receiver.arrivals.last)
            let (id, time) = (try #require(arrival.messageID), world.clock.now.seconds)
            let symmetric = StandardWebhookSignature.symmetric(id: id, timestamp: time, body: arrival.body, secret: secret)
            let asymmetric = StandardWebhookSignature.asymmetric(id: id, timestamp: time, body: arrival.body, key: world.key)
            let expected: [String] =
                switch scheme {
                case .symmetric: [symmetric]
                case .asymmetric: [asymmetric]
                case .both: [symmetric, asymmetric]
                }
            #expect(arrival.header("webhook-signature") == expected.joined(separator: " "))
        }
    }

    /// 8.1: "POST .../:wid/test: sends webhook.ping"; 8.3: also where nothing else is sent.
    @Test(arguments: TestEngine.available)
    func aTestIsAPing(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint(events: ["member.left"])
            try await world.engine.test(id, of: world.space, galaxyID: "g1")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping"])
            _ = try await world.engine.updateEndpoint(
                id, of: world.space, galaxyID: "g1", by: world.owner, EndpointChanges(isEnabled: false))
            try await world.engine.test(id, of: world.space, galaxyID: "g1")
            await world.settle()
            #expect(world.receiver.types == ["webhook.ping", "webhook.ping"])
            #expect(try await world.shown(id).state == .disabled)
        }
    }
}
