import Community
import HTTPClient
import Primitives
import StorageTesting
import Testing

@testable import Webhooks

/// Looking at what was sent, sending it again, and forgetting it (contracts/cosmos.md 8.1, 8.4).
@Suite struct RepeatTests {
    /// 8.1: "attempts: id, webhookId, type, attempt, at, status code or error class, durationMs", the latest first, page by page.
    @Test(arguments: TestEngine.available)
    func attemptsAreListed(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answerNext(.failure(.timedOut), Receiver.status(302), Receiver.status(204))
            try await world.rename("Nest")
            await world.settle()
            await world.pass(seconds: 305, step: 5)
            let attempts = try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 100)
            #expect(attempts.map(\.type) == ["galaxy.updated", "galaxy.updated", "galaxy.updated", "webhook.ping"])
            #expect(attempts.map(\.attempt) == [3, 2, 1, 1])
            #expect(attempts.map(\.status) == [204, 302, nil, 204])
            #expect(attempts.map(\.failure) == [nil, nil, "timeout", nil])
            #expect(attempts.map(\.isSuccess) == [true, false, false, true])
            #expect(Set(attempts.prefix(3).map(\.messageID)).count == 1)
            #expect(attempts.allSatisfy { $0.milliseconds >= 0 })
            #expect(attempts.map(\.at) == attempts.map(\.at).sorted(by: >))
            var paged: [DeliveryAttempt] = []
            for _ in 0..<4 { paged += try await world.engine.attempts(of: id, of: world.space, before: paged.last?.id ?? 0, limit: 1) }
            #expect(paged == attempts)
            let taken = try await world.engine.attempts(of: id, of: world.space, succeeded: true, before: 0, limit: 100)
            let failed = try await world.engine.attempts(of: id, of: world.space, succeeded: false, before: 0, limit: 100)
            #expect(taken == attempts.filter(\.isSuccess))
            #expect(failed == attempts.filter { !$0.isSuccess })
        }
    }

    /// 8.1: "redeliver: 202, same webhook-id, fresh timestamp".
    @Test(arguments: TestEngine.available)
    func whatHasArrivedCanBeSentAgain(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            await world.settle()
            let attempt = try #require(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 1).first)
            world.clock.advance(seconds: 100)
            try await world.engine.redeliver(attempt.id, of: id, of: world.space)
            await world.settle()
            let arrivals = world.receiver.arrivals
            #expect(arrivals.count == 2)
            #expect(arrivals.first?.messageID == arrivals.last?.messageID)
            #expect(arrivals.first?.body == arrivals.last?.body)
            #expect(arrivals.map { $0.header("webhook-timestamp") } == ["1800000000", "1800000100"])
            await #expect(throws: WebhookRefusal.unknownDelivery) {
                try await world.engine.redeliver(attempt.id + 1, of: id, of: world.space)
            }
            let (other, _) = try await world.endpoint(url: "https://other.example.net/")
            await #expect(throws: WebhookRefusal.unknownDelivery) {
                try await world.engine.redeliver(attempt.id, of: other, of: world.space)
            }
        }
    }

    /// What is on its way just now is not sent a second time beside it.
    @Test(arguments: TestEngine.available)
    func whatIsOnItsWayIsNotDoubled(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answerNext(Receiver.status(500))
            try await world.rename("Nest")
            await world.settle()
            let attempt = try #require(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 1).first)
            world.clock.advance(seconds: 5)
            #expect(try await world.engine.takeDue().count == 1)
            try await world.engine.redeliver(attempt.id, of: id, of: world.space)
            #expect(try await world.engine.takeDue().isEmpty)
        }
    }

    /// 8.1: "recover {since}: re-queues failed ones, at most 14 days back".
    @Test(arguments: TestEngine.available)
    func whatWasGivenUpCanBeTakenUpAgain(engine: TestEngine) async throws {
        var settings = WebhookSettings()
        settings.schedule = [0, 1]
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("arrives")
            await world.settle()
            world.receiver.answer(500)
            try await world.rename("early")
            await world.pass(seconds: 10, step: 1)
            let since = world.clock.now
            try await world.rename("late")
            await world.pass(seconds: 10, step: 1)
            #expect(try await world.rows(.exhausted).count == 2)
            world.receiver.answer(204)
            world.receiver.clear()
            #expect(try await world.engine.recover(id, of: world.space, since: since) == 1)
            await world.settle()
            #expect(world.receiver.arrivals.count == 1)
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(microseconds: 0)) == 1)
            await world.settle()
            #expect(world.receiver.arrivals.count == 2)
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(microseconds: 0)) == 0)
        }
    }

    /// 8.1: what is older than fourteen days stays given up, also while its body is still there.
    @Test(arguments: TestEngine.available)
    func nothingIsTakenUpAfterFourteenDays(engine: TestEngine) async throws {
        var settings = WebhookSettings()
        settings.schedule = [0]
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answerNext(Receiver.status(500))
            try await world.rename("Nest")
            await world.settle()
            world.clock.advance(seconds: 14 * 86_400 + 1)
            #expect(try await world.engine.recover(id, of: world.space, since: Timestamp(microseconds: 0)) == 0)
        }
    }

    /// 8.4: "Keep attempts 30 days, payloads 7 days".
    @Test(arguments: TestEngine.available)
    func bodiesAreForgottenAfterAWeekAndAttemptsAfterAMonth(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            await world.settle()
            let attempt = try #require(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 1).first)
            world.clock.advance(seconds: 7 * 86_400 - 1)
            try await world.engine.removeExpired()
            try await world.engine.redeliver(attempt.id, of: id, of: world.space)
            await world.settle()
            #expect(world.receiver.arrivals.count == 2)
            world.clock.advance(seconds: 1)
            try await world.engine.removeExpired()
            await #expect(throws: WebhookRefusal.unknownDelivery) { try await world.engine.redeliver(attempt.id, of: id, of: world.space) }
            world.clock.advance(seconds: 23 * 86_400 - 1)
            try await world.engine.removeExpired()
            #expect(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 10).count == 3)
            world.clock.advance(seconds: 1)
            try await world.engine.removeExpired()
            #expect(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 10).isEmpty)
        }
    }

    /// What is still to be tried again keeps its body, however old it is.
    @Test(arguments: TestEngine.available)
    func whatWaitsKeepsItsBody(engine: TestEngine) async throws {
        var settings = WebhookSettings()
        settings.schedule = [0, 604_700, 604_700]
        try await WebhookWorld.run(on: engine, settings: settings) { world in
            try await world.endpoint()
            world.receiver.answer(500)
            try await world.rename("Nest")
            await world.settle()
            await world.pass(seconds: 604_700, step: 604_700)
            world.clock.advance(seconds: 200)
            try await world.engine.removeExpired()
            #expect(try await world.rows(.waiting) == ["galaxy.updated"])
            world.receiver.answer(204)
            await world.pass(seconds: 604_500, step: 604_500)
            #expect(world.receiver.arrivals.count == 3)
        }
    }

    /// What waits for the ping of another URL is dropped after a week.
    @Test(arguments: TestEngine.available)
    func whatCannotBeSentIsDropped(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            try await world.engine.pump()
            world.receiver.answer(500)
            let changes = EndpointChanges(url: "https://moved.example.net/")
            _ = try await world.engine.updateEndpoint(id, of: world.space, galaxyID: "g1", by: world.owner, changes)
            world.clock.advance(seconds: 7 * 86_400 - 1)
            try await world.engine.removeExpired()
            #expect(try await world.rows(.waiting).contains("galaxy.updated"))
            world.clock.advance(seconds: 1)
            try await world.engine.removeExpired()
            #expect(try await world.rows(.dropped).contains("galaxy.updated"))
        }
    }

    /// What belongs to a galaxy that is gone for good goes with it.
    @Test(arguments: TestEngine.available)
    func endpointsGoWithTheirGalaxy(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.community.deleteGalaxy("g1", by: WebhookWorld.origin)
            await world.settle()
            try await world.engine.removeExpired()
            #expect(try await world.shown(id).state == .disabled)
            world.clock.advance(seconds: 31 * 86_400)
            while try await world.community.removeDeletedGalaxies() {}
            try await world.engine.removeExpired()
            await #expect(throws: WebhookRefusal.unknownEndpoint) { try await world.shown(id) }
        }
    }
}
