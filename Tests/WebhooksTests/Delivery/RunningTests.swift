import Community
import HTTPClient
import Primitives
import Reactor
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// The engine as it runs by itself, with so long between two ticks that nothing comes of them.
@Suite(.timeLimit(.minutes(1))) struct RunningTests {
    private static let never = Duration.seconds(86_400)

    /// Whatever was sent makes room for the next one: nobody waits for a tick.
    @Test(arguments: TestEngine.available)
    func oneAttemptBringsTheNext(engine: TestEngine) async throws {
        try await running(on: engine) { world in
            try await world.endpoint()
            for number in 0..<40 { try await world.rename("\(number)") }
        } _: { world in
            try await world.receive(40)
            #expect(world.receiver.types == Array(repeating: "galaxy.updated", count: 40))
        }
    }

    /// What happens while it looks is looked for after that.
    @Test(arguments: TestEngine.available)
    func nothingIsMissedWhileItLooks(engine: TestEngine) async throws {
        try await running(on: engine) { world in
            try await world.endpoint()
            world.receiver.hold()
        } _: { world in
            for round in 1...30 {
                for name in ["Nest", "Rookery"] {
                    try await world.rename(name)
                    world.engine.wake()
                }
                while try await world.rows(.waiting).count < 2 * round { try await Task.sleep(for: .milliseconds(5)) }
            }
            world.receiver.letGo()
        }
    }

    /// A new endpoint gets its ping at once, and is told at once of what happens after it has answered.
    @Test(arguments: TestEngine.available)
    func aNewEndpointIsHeardAtOnce(engine: TestEngine) async throws {
        try await running(on: engine) { _ in
        } _: { world in
            let (id, _) = try await world.endpoint(isActive: false)
            while try await world.shown(id).state != .active { try await Task.sleep(for: .milliseconds(5)) }
            // The look after the ping is over as well.
            try await Task.sleep(for: .milliseconds(50))
            try await world.rename("Nest")
            world.engine.wake()
            try await world.receive(2)
            #expect(world.receiver.types == ["webhook.ping", "galaxy.updated"])
        }
    }

    /// A client that has no room is not asked again at once.
    @Test(arguments: TestEngine.available)
    func aBusyClientIsLeftAlone(engine: TestEngine) async throws {
        try await running(on: engine) { world in
            try await world.endpoint()
            world.receiver.answer(.failure(.busy(limit: 1)))
            try await world.rename("Nest")
        } _: { world in
            try await world.receive(1)
            try await Task.sleep(for: .milliseconds(100))
            #expect(world.receiver.arrivals.count == 1)
        }
    }

    /// Runs the engine after `before`, until `body` has ended.
    private func running(
        on engine: TestEngine, after before: (WebhookWorld) async throws -> Void, _ body: (WebhookWorld) async throws -> Void
    ) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await before(world)
            world.engine.start(on: WebhookWorld.loops.next(), every: Self.never)
            do {
                try await body(world)
            } catch {
                world.engine.stop()
                throw error
            }
            world.engine.stop()
            await world.engine.drained(deadline: .seconds(10))
        }
    }
}

extension WebhookWorld {
    /// Waits until so many have arrived; whoever calls it bounds the time.
    fileprivate func receive(_ count: Int) async throws {
        while receiver.arrivals.count < count { try await Task.sleep(for: .milliseconds(5)) }
    }
}
