import Community
import Primitives
import Reactor
import Storage
import Testing

@testable import Gateway

/// What is not logged reaches everybody once, in slices, beside the events that are (contracts/chat.md 4.1).
@Suite(.timeLimit(.minutes(1))) struct FleetingTests {
    private static let space = TopicID(scope: .space, id: 7)
    private static let other = TopicID(scope: .space, id: 8)
    private static let direct = TopicID(scope: .direct, id: 9)

    private static func onLoop(_ body: @escaping @Sendable (HubShard, CountingEncoder) -> Void) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        try await loop.submit { body(HubShard(loop: loop, position: 100), CountingEncoder()) }
    }

    private static func change(_ account: Int64, number: UInt64 = 1, cause: UInt64? = nil) -> PresenceChange {
        PresenceChange(
            account: AccountID(account), username: "user\(account)", status: .online, number: number,
            cause: cause.map { SocketRegistry.Place(number: $0) })
    }

    private static func batches(_ changes: PresenceChange..., sources: [TopicID]) -> [FleetingBatch] {
        let audience = PresenceAudience(
            username: "", status: .online, sources: sources.map { EventSource(scope: $0.scope, id: $0.id) }, reach: 1)
        return PresenceBatches(
            changes.map { PresenceState.Telling(change: $0, audience: audience) }, delivery: FleetingDelivery()
        ).batches
    }

    private static func typing(_ account: Int64, in channel: Int64 = 7, to topic: TopicID = TestEvents.topic) -> FleetingBatch {
        let typist = Typist(
            author: Author(id: AccountID(account), username: "ada"), channelID: ChannelID(channel), spaceID: nil,
            source: EventSource(scope: topic.scope, id: topic.id))
        return FleetingBatch([FleetingEnvelope(.typing(typist, at: Timestamp(seconds: 0)))], to: topic)
    }

    @Test func `a socket that sits in several topics gets a change once`() async throws {
        try await Self.onLoop { shard, encoder in
            let topics: [[TopicID]] = [
                [Self.space], [Self.other], [Self.direct], [Self.space, Self.other, Self.direct], [Self.other, Self.direct], [],
            ]
            let members = topics.indices.map { RecordingSubscriber(account: Int64($0 + 1), encoder: encoder) }
            for (member, topics) in zip(members, topics) { #expect(member.attach(to: shard, topics) != nil) }
            shard.receive(Self.batches(Self.change(50), sources: [Self.space, Self.other, Self.direct]))
            #expect(members.map(\.received) == [[1_050], [1_050], [1_050], [1_050], [1_050], []])
            #expect(encoder.count == 1)
        }
    }

    @Test func `somebody without a space tells the own sockets, and each once`() async throws {
        try await Self.onLoop { shard, encoder in
            let own = RecordingSubscriber(account: 1, encoder: encoder)
            let account = TopicID(scope: .account, id: 1)
            let second = TopicID(scope: .direct, id: 10)
            #expect(own.attach(to: shard, [account, Self.direct, second]) != nil)
            shard.receive(Self.batches(Self.change(1), sources: []))
            #expect(own.received == [1_001])
            shard.receive(Self.batches(Self.change(1), sources: [Self.direct, second]))
            #expect(own.received == [1_001, 1_001])
        }
    }

    @Test func `changes that come together are one write`() async throws {
        try await Self.onLoop { shard, encoder in
            let member = RecordingSubscriber(account: 1, encoder: encoder)
            #expect(member.attach(to: shard, [Self.space]) != nil)
            shard.receive(Self.batches(Self.change(50), Self.change(51), Self.change(52), sources: [Self.space]))
            #expect(member.received == [1_050, 1_051, 1_052] && member.writes == 1)
        }
    }

    @Test func `the socket that caused a change, and one that knows it, are passed over`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...3).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard, [Self.space]) }
            for (index, member) in members.enumerated() { member.place = SocketRegistry.Place(number: UInt64(index + 1)) }
            places[2].presencePosition = 5
            shard.receive(
                Self.batches(Self.change(50, number: 5, cause: 1), Self.change(51, number: 6), sources: [Self.space]))
            #expect(members.map(\.received) == [[1_051], [1_050, 1_051], [1_051]])
        }
    }

    @Test func `the typist's own sockets are passed over`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = [1, 1, 2].map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            shard.receive([Self.typing(1)])
            #expect(members.map(\.received) == [[], [], [-7]])
        }
    }

    @Test func `logged events go first, and their position is left alone`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...Int64(HubShard.sliceSize)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard) }
            shard.receive([Self.typing(900)])
            #expect(places.allSatisfy { $0.position == 100 } && members.allSatisfy { $0.received == [-7] })
            shard.receive([101].compactMap { Envelope(TestEvents.message($0)) })
            #expect(places.allSatisfy { $0.position == 101 })
        }
    }

    @Test func `who leaves in the middle gets nothing, and nobody gets anything twice`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...5).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard) }
            // Served from the last seat down: the gaps of the first two are filled with some that have been served.
            members[3].onReceive = {
                shard.detach(places[0])
                shard.detach(places[1])
            }
            shard.receive([Self.typing(900)])
            #expect(members.map(\.received) == [[], [], [-7], [-7], [-7]])
        }
    }

    @Test func `typing that waits is bounded, presence is not lost`() {
        var queue = FleetingQueue()
        for channel in 1...Int64(FleetingQueue.typingLimit) + 10 { queue.append(Self.typing(1, in: channel)) }
        for batch in Self.batches(Self.change(50), sources: [Self.space]) { queue.append(batch) }
        var typing: [Int64] = []
        var presence = 0
        while let batch = queue.takeFirst() {
            switch batch.envelopes.first?.event {
            case .typing(let typist, _): typing.append(typist.channelID.rawValue)
            default: presence += 1
            }
        }
        #expect(typing.count == FleetingQueue.typingLimit && typing.first == 11 && presence == 1 && queue.isEmpty)
    }

    /// Members of a space on a shard of their own. Belongs to the loop.
    private final class Audience {
        let shard: HubShard
        let encoder = CountingEncoder()
        let delivery = FleetingDelivery()
        let members: [RecordingSubscriber]
        var servedAtJob = 0

        init(_ count: Int, on loop: EventLoop) {
            let (shard, encoder) = (HubShard(loop: loop, position: 100), encoder)
            self.shard = shard
            members = (1...Int64(count)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { _ = member.attach(to: shard, [FleetingTests.space, TestEvents.topic]) }
        }

        var served: Int { members.count { $0.received.contains(1_900) } }
    }

    @Test func `a large audience is served in slices, with events and other work in between`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        let audience = try await loop.submit {
            let audience = LoopBound(Audience(HubShard.sliceSize * 4, on: loop), loop: loop)
            audience.value.delivery.begin(1)
            audience.value.shard.receive([
                FleetingBatch([FleetingEnvelope(.presence(Self.change(900)))], to: Self.space, delivery: audience.value.delivery)
            ])
            #expect(audience.value.served == HubShard.sliceSize)
            // The next slice belongs to what is logged.
            audience.value.shard.receive([101].compactMap { Envelope(TestEvents.message($0)) })
            loop.execute { audience.value.servedAtJob = audience.value.served }
            return audience
        }
        for _ in 0..<1_000 {
            if try await loop.submit({ audience.value.delivery.isFinished }) { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        try await loop.submit {
            #expect(audience.value.delivery.isFinished && audience.value.servedAtJob == HubShard.sliceSize)
            #expect(audience.value.members.filter { $0.received == [101, 1_900] }.count == HubShard.sliceSize * 3)
            #expect(audience.value.members.filter { $0.received == [1_900, 101] }.count == HubShard.sliceSize)
            #expect(audience.value.encoder.count == 2)
        }
    }
}
