import Community
import HTTPClient
import Primitives
import Storage
import StorageTesting
import Testing

@testable import Webhooks

/// Who sends what at the same time (contracts/cosmos.md 8.3: "At most 4 in flight per endpoint, 64 overall, 2 per destination address").
@Suite struct TakingTests {
    /// Two deliveries to one host are on their way, however many wait and whatever endpoints they belong to.
    @Test(arguments: TestEngine.available)
    func twoAreOnTheirWayToAHost(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            try await world.endpoint(url: "https://hooks.example.net/second")
            for number in 0..<5 { try await world.rename("\(number)") }
            try await world.engine.pump()
            let taken = try await world.engine.takeDue()
            #expect(taken.count == 2)
            #expect(try await world.engine.takeDue().isEmpty)
            for (delivery, record) in taken { await world.engine.attempt(delivery, record) }
            #expect(try await world.engine.takeDue().count == 2)
        }
    }

    /// A slow receiver with many deliveries does not keep those of others waiting.
    @Test(arguments: TestEngine.available)
    func nobodyWaitsBehindAnothersMany(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (slow, _) = try await world.endpoint(url: "https://slow.example.net/", events: ["member.left"])
            try await world.database.transaction { tx in
                for number in 0..<(2 * WebhookEngine.page) {
                    try tx.queue("member.left", Array("{}".utf8), messageID: "msg_\(number)", for: slow)
                }
            }
            world.clock.advance(seconds: 1)
            try await world.endpoint(url: "https://quick.example.net/", isActive: false)
            let taken = try await world.engine.takeDue()
            #expect(
                taken.map(\.1.endpoint.url).sorted() == ["https://quick.example.net/"]
                    + Array(repeating: "https://slow.example.net/", count: 2))
        }
    }

    /// No more than 64 are on their way.
    @Test func sixtyFourAreOnTheirWayAtMost() async throws {
        try await WebhookWorld.run(on: .sqlite) { world in
            try await world.database.transaction { tx in
                for number in 0..<40 {
                    let endpoint = WebhookEndpoint(
                        id: EndpointID(tx.nextID()), spaceID: world.space, url: "https://h\(number).example.net/", events: ["*"],
                        scheme: .symmetric, state: .active, createdBy: AccountID(Int64(number / 5 + 1)), createdAt: tx.now)
                    try tx.insert(endpoint, secret: Array(1...32), position: Int64.max)
                    for _ in 0..<3 { try tx.queue("member.left", Array("{}".utf8), messageID: "msg_0", for: endpoint.id) }
                }
            }
            // Ten for each: nobody has reached the limit of one person.
            #expect(try await world.engine.takeDue().count == 64)
            #expect(try await world.engine.takeDue().isEmpty)
        }
    }

    /// One person does not hold all places, however many endpoints and hosts that person has.
    @Test func sixteenAreOnTheirWayForOnePerson() async throws {
        try await WebhookWorld.run(on: .sqlite) { world in
            try await world.database.transaction { tx in
                for number in 0..<40 {
                    let endpoint = WebhookEndpoint(
                        id: EndpointID(tx.nextID()), spaceID: world.space, url: "https://h\(number).example.net/", events: ["*"],
                        scheme: .symmetric, state: .active, createdBy: AccountID(number == 39 ? 2 : 1), createdAt: tx.now)
                    try tx.insert(endpoint, secret: Array(1...32), position: Int64.max)
                    try tx.queue("member.left", Array("{}".utf8), messageID: "msg_0", for: endpoint.id)
                }
            }
            let taken = try await world.engine.takeDue()
            #expect(taken.count(where: { $0.1.endpoint.createdBy == AccountID(1) }) == 16 && taken.count == 17)
            for (delivery, record) in taken { await world.engine.attempt(delivery, record) }
            #expect(try await world.engine.takeDue().count == 16)
        }
    }

    /// What one process has taken, another leaves alone, until the lease has run out: whoever took it may have died.
    @Test(arguments: TestEngine.available)
    func aLeaseKeepsOthersAway(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            try await world.rename("Nest")
            try await world.engine.pump()
            #expect(try await world.engine.takeDue().count == 1)
            let other = try await world.openAgain()
            #expect(try await other.engine.takeDue().isEmpty)
            world.clock.advance(seconds: WebhookEngine.leaseSeconds - 1)
            #expect(try await other.engine.takeDue().isEmpty)
            world.clock.advance(seconds: 1)
            #expect(try await other.engine.takeDue().count == 1)
            await other.database.close()
        }
    }

    /// Two processes that see the same row due: one of them has it.
    @Test(arguments: TestEngine.available)
    func aLeaseIsGivenOnce(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            let (id, _) = try await world.endpoint()
            try await world.rename("Nest")
            try await world.engine.pump()
            let other = try await world.openAgain()
            let now = world.clock.now
            let due = try await world.database.read { reader in
                try reader.endpoint(id).map { try reader.dueDeliveries(to: $0, at: now, limit: 4) } ?? []
            }
            let delivery = try #require(due.first)
            let until = now.adding(seconds: 60)
            async let first = world.database.transaction { try $0.lease(delivery, until: until) }
            async let second = other.database.transaction { try $0.lease(delivery, until: until) }
            let (one, two) = (try await first, try await second)
            #expect(one != two)
            await other.database.close()
        }
    }

    /// Whoever stops takes nothing more; what was taken is sent by the next.
    @Test(arguments: TestEngine.available)
    func whoStopsTakesNothingMore(engine: TestEngine) async throws {
        try await WebhookWorld.run(on: engine) { world in
            try await world.endpoint()
            try await world.rename("Nest")
            try await world.engine.pump()
            let taken = try #require(try await world.engine.takeDue().first)
            world.engine.stop()
            world.receiver.answerNext(.failure(.stopped))
            await world.engine.attempt(taken.0, taken.1)
            world.clock.advance(seconds: 3_600)
            #expect(try await world.engine.takeDue().isEmpty)
            let next = try await world.openAgain()
            await next.settle()
            #expect(world.receiver.arrivals.count == 2)
            #expect(Set(world.receiver.arrivals.map(\.messageID)).count == 1)
            await next.database.close()
        }
    }
}
