import Community
import HTTPClient
import Primitives
import StorageTesting
import Testing

@testable import Webhooks

/// contracts/cosmos.md 8.3 and 8.4, with a receiver that answers as it is told and a clock that is moved.
@Suite struct OutcomeTests {
    /// 8.3: "At least once": what is tried again has the same id and body, and the time and signature of its own attempt.
    @Test(arguments: TestEngine.available)
    func aFailedDeliveryIsSentAgainAfterTheSchedule(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            try await world.rename("Nest")
            world.receiver.answerNext(.failure(.timedOut), Receiver.status(500), Receiver.status(302), .failure(.reset))
            await world.settle()
            #expect(world.receiver.arrivals.count == 1)
            for delay in [5, 300, 1_800, 7_200] as [Int64] {
                let before = world.receiver.arrivals.count
                world.clock.advance(seconds: delay - 1)
                await world.settle()
                #expect(world.receiver.arrivals.count == before)
                world.clock.advance(seconds: 1)
                await world.settle()
                #expect(world.receiver.arrivals.count == before + 1)
            }
            let arrivals = world.receiver.arrivals
            #expect(Set(arrivals.map(\.messageID)).count == 1)
            #expect(Set(arrivals.map(\.body)).count == 1)
            #expect(Set(arrivals.map { $0.header("webhook-timestamp") }).count == 5)
            #expect(Set(arrivals.map { $0.header("webhook-signature") }).count == 5)
            #expect(try await world.rows(.delivered).count == 2)
            await world.pass(seconds: 200_000, step: 50_000)
            #expect(world.receiver.arrivals.count == 5)
        }
    }

    /// 8.3: "Then exhausted": ten attempts, and none after.
    @Test(arguments: TestEngine.available)
    func afterTenAttemptsADeliveryIsGivenUp(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint(events: ["galaxy.updated"])
            world.receiver.answer(404)
            try await world.rename("Nest")
            await world.settle()
            await world.pass(seconds: 4 * 86_400, step: 1_800)
            #expect(world.receiver.arrivals.count == 10)
            #expect(try await world.rows(.exhausted) == ["galaxy.updated"])
            #expect(
                try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 100).map(\.attempt).prefix(10) == [
                    10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
                ])
            #expect(try await world.shown(id).state == .active)
        }
    }

    /// 8: a receiver that is down for a day hears of everything afterwards, once.
    @Test(arguments: TestEngine.available)
    func whatHappensWhileTheReceiverIsDownArrivesLater(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(.failure(.unreachable))
            for number in 0..<12 {
                try await world.rename("Nest \(number)")
                await world.pass(seconds: 7_200, step: 600)
            }
            #expect(try await world.shown(id).firstFailureAt != nil)
            world.receiver.answer(204)
            world.receiver.clear()
            await world.pass(seconds: 86_400, step: 600)
            #expect(world.receiver.arrivals.count == 12)
            #expect(Set(world.receiver.arrivals.map(\.messageID)).count == 12)
            #expect(try await world.shown(id).firstFailureAt == nil)
            #expect(try await world.rows(.waiting).isEmpty)
        }
    }

    /// 8.3: "410: disable now, reason gone; pending dropped".
    @Test(arguments: TestEngine.available)
    func whoIsGoneIsToldNothingMore(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(410)
            for number in 0..<5 { try await world.rename("Nest \(number)") }
            await world.settle()
            #expect(try await world.shown(id).state == .disabled)
            #expect(try await world.shown(id).disabledReason == .gone)
            #expect(try await world.rows(.waiting).isEmpty)
            let count = world.receiver.arrivals.count
            try await world.rename("Eyrie")
            await world.pass(seconds: 86_400, step: 3_600)
            #expect(world.receiver.arrivals.count == count)
        }
    }

    /// 8.3: "address refused by 8.5: disable now, reason url_not_allowed, no retry": a name that leads to a private address now.
    @Test(arguments: TestEngine.available)
    func aNameThatLeadsInsideDisables(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(.failure(.forbiddenAddress))
            try await world.rename("Nest")
            await world.pass(seconds: 86_400, step: 3_600)
            #expect(world.receiver.arrivals.count == 1)
            #expect(try await world.shown(id).disabledReason == .urlNotAllowed)
        }
    }

    /// 8.3: "429 …: endpoint paused max(Retry-After, 60 s doubling to 15 min)": nothing goes there meanwhile, also nothing new.
    @Test(arguments: TestEngine.available)
    func whoAsksForRestGetsIt(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            world.receiver.answerNext(Receiver.status(429, retryAfter: "1000"))
            try await world.rename("Nest")
            await world.settle()
            try await world.rename("Eyrie")
            await world.pass(seconds: 999, step: 111)
            #expect(world.receiver.arrivals.count == 1)
            await world.pass(seconds: 1, step: 1)
            #expect(world.receiver.arrivals.count == 3)
        }
    }

    /// 8.3: the pause is what the receiver asked for, also when others of its deliveries were on their way and ended in another way.
    @Test(arguments: TestEngine.available, [Receiver.status(500), Receiver.status(204), .failure(.timedOut)])
    func whatWasOnItsWayDoesNotEndThePause(engine: TestEngine, other: Receiver.Answer) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            world.receiver.answerNext(Receiver.status(429, retryAfter: "1000"), other)
            try await world.rename("Nest")
            try await world.rename("Eyrie")
            try await world.settleTogether()
            #expect(world.receiver.arrivals.count == 2)
            try await world.rename("Rookery")
            await world.pass(seconds: 999, step: 111)
            #expect(world.receiver.arrivals.count == 2)
            await world.pass(seconds: 1_000, step: 50)
            #expect(world.receiver.arrivals.count == (Receiver.isSuccess(other) ? 4 : 5))
        }
    }

    /// 8.3: "60 s doubling": several that were refused together are one refusal.
    @Test(arguments: TestEngine.available)
    func refusedTogetherIsOnePause(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            world.receiver.answerNext(Receiver.status(503), Receiver.status(503))
            try await world.rename("Nest")
            try await world.rename("Eyrie")
            try await world.settleTogether()
            await world.pass(seconds: 59, step: 59)
            #expect(world.receiver.arrivals.count == 2)
            await world.pass(seconds: 1, step: 1)
            #expect(world.receiver.arrivals.count == 4)
        }
    }

    /// 8.4: five days of nothing but failures disable it as "failing".
    @Test(arguments: TestEngine.available)
    func fiveDaysOfFailuresDisable(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint(events: ["galaxy.updated"])
            world.receiver.answer(500)
            for hour in 0..<(5 * 24 - 1) {
                if hour % 6 == 0 { try await world.rename("Nest \(hour)") }
                await world.pass(seconds: 3_600, step: 3_600)
            }
            #expect(try await world.shown(id).state == .active)
            for hour in 0..<6 {
                try await world.rename("Eyrie \(hour)")
                await world.pass(seconds: 3_600, step: 3_600)
            }
            #expect(try await world.shown(id).state == .disabled)
            #expect(try await world.shown(id).disabledReason == .failing)
            #expect(try await world.rows(.waiting).isEmpty)
        }
    }

    /// 8.4: "with no success in between": one good answer begins the days anew.
    @Test(arguments: TestEngine.available)
    func aGoodAnswerBeginsTheDaysAnew(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            world.receiver.answer(500)
            for number in 0..<28 {
                if number == 10 { world.receiver.answer(204) }
                if number == 12 { world.receiver.answer(500) }
                try await world.rename("Nest")
                await world.pass(seconds: 6 * 3_600, step: 3_600)
            }
            #expect(try await world.shown(id).state == .active)
        }
    }

    /// 8.4: "Notify: … if another endpoint subscribes, `webhook.disabled`".
    @Test(arguments: TestEngine.available)
    func othersHearOfAnEndpointThatWasDisabled(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint(events: ["galaxy.updated"])
            try await world.endpoint(url: "https://other.example.net/", events: ["webhook.disabled"])
            try await world.endpoint(url: "https://third.example.net/", events: ["member.*"])
            world.receiver.answerNext(Receiver.status(410))
            try await world.rename("Nest")
            await world.settle()
            let told = try #require(world.receiver.arrivals.last)
            #expect(world.receiver.arrivals.map(\.url) == [WebhookWorld.url, "https://other.example.net/"])
            #expect(told.type == "webhook.disabled")
            #expect(told.data("webhookId") == String(id.rawValue))
            #expect(told.data("reason") == "gone")
        }
    }

    /// What this server could not send itself is no failure of the receiver.
    @Test(arguments: TestEngine.available, [OutboundFailure.stopped, .busy(limit: 1)])
    func whatWasNotSentIsNobodysFailure(engine: TestEngine, failure: OutboundFailure) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            world.receiver.answerNext(.failure(failure))
            try await world.settleTogether()
            #expect(try await world.shown(id).firstFailureAt == nil)
            #expect(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 100).count == 1)
            await world.settle()
            #expect(world.receiver.arrivals.count == 2)
            #expect(try await world.engine.attempts(of: id, of: world.space, before: 0, limit: 100).map(\.attempt) == [1, 1])
        }
    }
}
