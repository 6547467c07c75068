import Community
import Reactor
import Testing

@testable import Gateway

/// An event for very many sockets is served in slices.
@Suite(.timeLimit(.minutes(1))) struct HubSliceTests {
    /// Sockets of one topic on a shard of their own, of which the last ones are served first. Belongs to the loop.
    private final class Audience {
        let shard: HubShard
        let encoder = CountingEncoder()
        let members: [RecordingSubscriber]
        let places: [Subscription]
        /// Whoever comes later.
        var late: RecordingSubscriber?
        /// Members that had been served when other work had its turn.
        var servedAtJob = 0

        init(_ count: Int, on loop: EventLoop) {
            let (shard, encoder) = (HubShard(loop: loop, position: 100), encoder)
            self.shard = shard
            members = (1...Int64(count)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            places = members.compactMap { $0.attach(to: shard) }
        }

        var served: Int { members.count { !$0.received.isEmpty } }

        func receive(_ ids: Int64...) {
            shard.receive(ids.compactMap { Envelope(TestEvents.message($0)) })
        }
    }

    /// Runs a test body with an audience on a loop: `start` there, then `body`.
    private static func withAudience(
        of count: Int, start: @escaping @Sendable (LoopBound<Audience>) -> Void, _ body: (LoopBound<Audience>) async throws -> Void
    ) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let audience = try await loop.submit {
            let audience = LoopBound(Audience(count, on: loop), loop: loop)
            #expect(audience.value.places.count == count)
            start(audience)
            return audience
        }
        try await body(audience)
    }

    /// Looks again and again, for ten seconds at most.
    private static func wait(for audience: LoopBound<Audience>, _ condition: @escaping @Sendable (Audience) -> Bool) async throws {
        for _ in 0..<1_000 {
            if try await audience.loop.submit({ condition(audience.value) }) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("The condition did not come true within ten seconds.")
    }

    @Test func `a large audience is served in slices, in order, with other work in between`() async throws {
        try await Self.withAudience(of: HubShard.sliceSize * 3 + 17) { audience in
            audience.value.receive(101, 102)
            #expect(audience.value.served == HubShard.sliceSize)
        } _: { audience in
            try await Self.wait(for: audience) { $0.members.allSatisfy { $0.received == [101, 102] } }
            #expect(try await audience.loop.submit { audience.value.encoder.count } == 2)
        }
    }

    @Test func `work that comes in the middle has its turn before the next slice`() async throws {
        try await Self.withAudience(of: HubShard.sliceSize * 4) { audience in
            // This one opens the second slice.
            audience.value.members[HubShard.sliceSize * 3 - 1].onReceive = {
                audience.loop.execute { audience.value.servedAtJob = audience.value.served }
            }
            audience.value.receive(101)
        } _: { audience in
            try await Self.wait(for: audience) { $0.members.allSatisfy { $0.received == [101] } }
            #expect(try await audience.loop.submit { audience.value.servedAtJob } == HubShard.sliceSize * 2)
        }
    }

    @Test func `events that follow join those being served, and nobody gets one twice`() async throws {
        try await Self.withAudience(of: HubShard.sliceSize * 3) { audience in
            audience.value.receive(101)
            audience.value.receive(102, 103)
        } _: { audience in
            try await Self.wait(for: audience) { $0.members.allSatisfy { $0.received == [101, 102, 103] } }
            let writes = try await audience.loop.submit { audience.value.members.map(\.writes) }
            // Only the slice that had been served before needed a second write.
            #expect(writes.count { $0 == 2 } == HubShard.sliceSize)
            #expect(writes.count { $0 == 1 } == HubShard.sliceSize * 2)
        }
    }

    /// Everybody leaves in the middle of an event; then somebody comes, and then the next event.
    @Test func `whoever comes to a topic that has just emptied misses nothing`() async throws {
        try await Self.withAudience(of: HubShard.sliceSize + 1) { audience in
            let audience = audience.value
            audience.receive(101)
            for place in audience.places { audience.shard.detach(place) }
            let late = RecordingSubscriber(account: 900, encoder: audience.encoder)
            #expect(late.attach(to: audience.shard) != nil)
            audience.late = late
            audience.receive(102)
        } _: { audience in
            try await Self.wait(for: audience) { $0.late?.received == [101, 102] }
            try await audience.loop.submit { audience.value.receive(103) }
            try await Self.wait(for: audience) { $0.late?.received == [101, 102, 103] }
        }
    }
}
