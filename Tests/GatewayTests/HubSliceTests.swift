import Community
import Reactor
import Testing

@testable import Gateway

/// An event for very many sockets is served in slices.
struct HubSliceTests {
    @Test(.timeLimit(.minutes(1))) func `a large audience is served in slices, in order, with other work in between`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let encoder = CountingEncoder()
        let count = HubShard.sliceSize * 3 + 17
        let state = try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let members = (1...Int64(count)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            shard.receive([101, 102].compactMap { Envelope(TestEvents.message($0)) })
            #expect(members.filter { !$0.received.isEmpty }.count == HubShard.sliceSize)
            return LoopBound((shard, members), loop: loop)
        }
        try await waitUntil(on: loop) { state.value.1.allSatisfy { $0.received == [101, 102] } }
        #expect(encoder.count == 2)
    }

    @Test(.timeLimit(.minutes(1))) func `work that comes in the middle has its turn before the next slice`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let state = try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let encoder = CountingEncoder()
            let members = (1...Int64(HubShard.sliceSize * 4)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            let state = LoopBound(Audience(shard: shard, members: members), loop: loop)
            // Served from the last one down: this one opens the second slice.
            members[HubShard.sliceSize * 3 - 1].onReceive = {
                loop.execute { state.value.servedAtJob = state.value.members.filter { !$0.received.isEmpty }.count }
            }
            shard.receive([101].compactMap { Envelope(TestEvents.message($0)) })
            return state
        }
        try await waitUntil(on: loop) { state.value.members.allSatisfy { $0.received == [101] } }
        #expect(try await loop.submit { state.value.servedAtJob } == HubShard.sliceSize * 2)
    }

    @Test(.timeLimit(.minutes(1))) func `events that follow join those being served, and nobody gets one twice`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let state = try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let encoder = CountingEncoder()
            let members = (1...Int64(HubShard.sliceSize * 3)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            shard.receive([101].compactMap { Envelope(TestEvents.message($0)) })
            shard.receive([102, 103].compactMap { Envelope(TestEvents.message($0)) })
            return LoopBound(Audience(shard: shard, members: members), loop: loop)
        }
        try await waitUntil(on: loop) { state.value.members.allSatisfy { $0.received == [101, 102, 103] } }
        let writes = try await loop.submit { state.value.members.map(\.writes) }
        // Only the slice that had been served before needed a second write.
        #expect(writes.filter { $0 == 2 }.count == HubShard.sliceSize)
        #expect(writes.filter { $0 == 1 }.count == HubShard.sliceSize * 2)
    }

    /// Who comes after everybody has left, while the events are still being handed out, listens to the same topic as they did.
    @Test(.timeLimit(.minutes(1))) func `whoever comes to a topic that has just emptied misses nothing`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let state = try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let encoder = CountingEncoder()
            let members = (1...Int64(HubShard.sliceSize + 1)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard) }
            shard.receive([101].compactMap { Envelope(TestEvents.message($0)) })
            for place in places { shard.detach(place) }
            let late = RecordingSubscriber(account: 900, encoder: encoder)
            #expect(late.attach(to: shard) != nil)
            shard.receive([102].compactMap { Envelope(TestEvents.message($0)) })
            return LoopBound(Audience(shard: shard, members: [late]), loop: loop)
        }
        try await waitUntil(on: loop) { state.value.members[0].received.count == 2 }
        try await loop.submit { state.value.shard.receive([103].compactMap { Envelope(TestEvents.message($0)) }) }
        try await waitUntil(on: loop) { state.value.members[0].received == [101, 102, 103] }
    }

    private final class Audience {
        let shard: HubShard
        let members: [RecordingSubscriber]
        var servedAtJob = 0

        init(shard: HubShard, members: [RecordingSubscriber]) {
            self.shard = shard
            self.members = members
        }
    }

    /// Looks again and again, for ten seconds at most.
    private func waitUntil(on loop: EventLoop, _ condition: @escaping @Sendable () -> Bool) async throws {
        for _ in 0..<1_000 {
            if try await loop.submit(condition) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("The condition did not come true within ten seconds.")
    }
}
