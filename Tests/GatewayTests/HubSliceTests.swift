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
            for member in members { #expect(shard.attach(member, to: [TestEvents.topic], after: 100) != nil) }
            shard.receive([101, 102].compactMap { Envelope(TestEvents.message($0)) })
            #expect(members.filter { !$0.received.isEmpty }.count == HubShard.sliceSize)
            return LoopBound((shard, members), loop: loop)
        }
        try await waitUntil(on: loop) { state.value.1.allSatisfy { $0.received == [101, 102] } }
        #expect(encoder.count == 2)
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
