import Community
import Reactor
import Storage
import Testing

@testable import Gateway

/// What a loop's part of the hub hands to whom, in which order, and how often.
struct HubShardTests {
    /// Runs a test body on a loop, with a shard that has seen the events up to 100.
    private static func onLoop(_ body: @escaping @Sendable (HubShard, CountingEncoder) -> Void) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        try await loop.submit { body(HubShard(loop: loop, position: 100), CountingEncoder()) }
    }

    private static func envelopes(_ events: Event...) -> [Envelope] {
        events.compactMap { Envelope($0) }
    }

    @Test func `an event reaches each subscriber of its topic once and is encoded once`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...20).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            let stranger = RecordingSubscriber(account: 99, encoder: encoder)
            #expect(stranger.attach(to: shard, []) != nil)
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102)))
            #expect(members.allSatisfy { $0.received == [101, 102] })
            #expect(stranger.received.isEmpty)
            #expect(encoder.count == 2)
        }
    }

    @Test func `events of one topic that come together are written together, so many at a time`() async throws {
        try await Self.onLoop { shard, encoder in
            let member = RecordingSubscriber(account: 1, encoder: encoder)
            #expect(member.attach(to: shard) != nil)
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103)))
            #expect(member.received == [101, 102, 103] && member.writes == 1)
            let more = Int64(EventRun.limit) + 1
            shard.receive((104..<104 + more).compactMap { Envelope(TestEvents.message($0)) })
            #expect(member.received == Array(101..<104 + more) && member.writes == 3)
        }
    }

    @Test func `events that come together need one visit of each socket`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...Int64(HubShard.sliceSize - 4)).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            let other = RecordingSubscriber(account: 900, encoder: encoder)
            #expect(other.attach(to: shard, [TopicID(scope: .channel, id: 8)]) != nil)
            // All of it fits into one slice.
            shard.receive(
                Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103, in: ChannelID(8))))
            #expect(members.allSatisfy { $0.received == [101, 102] && $0.writes == 1 })
            #expect(other.received == [103])
        }
    }

    @Test func `an event that somebody gets in a form of their own keeps its place among the others`() async throws {
        try await Self.onLoop { shard, _ in
            let encoder = CountingEncoder(personal: [102: AccountID(1)])
            let members = (1...2).map { RecordingSubscriber(account: $0, encoder: encoder) }
            for member in members { #expect(member.attach(to: shard) != nil) }
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103)))
            #expect(members[0].received == [101, -102, 103])
            #expect(members[1].received == [101, 102, 103])
        }
    }

    @Test func `whoever leaves in the middle of several events gets none of the rest`() async throws {
        try await Self.onLoop { shard, _ in
            let encoder = CountingEncoder(personal: [102: AccountID(1)])
            let member = RecordingSubscriber(account: 1, encoder: encoder)
            let place = member.attach(to: shard)
            member.onReceive = { if let place { shard.detach(place) } }
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103)))
            #expect(member.received == [101])
        }
    }

    @Test func `sockets of two dialects get the same events each in its own form`() async throws {
        try await Self.onLoop { shard, encoder in
            let other = CountingEncoder(personal: [101: AccountID(1)])
            let members = [
                RecordingSubscriber(account: 1, encoder: encoder), RecordingSubscriber(account: 1, encoder: other),
                RecordingSubscriber(account: 2, encoder: encoder),
            ]
            for member in members { #expect(member.attach(to: shard) != nil) }
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102)))
            #expect(members.map(\.received) == [[101, 102], [-101, 102], [101, 102]])
            #expect(encoder.count == 2 && other.count == 2)
        }
    }

    @Test func `a subscriber that looks at events gets each once and in order beside others of the same topics`() async throws {
        try await Self.onLoop { shard, encoder in
            let other = TopicID(scope: .channel, id: 8)
            let looking = RecordingSubscriber(account: 1, looksAtEvents: true, encoder: encoder)
            let ordinary = RecordingSubscriber(account: 2, encoder: encoder)
            #expect(looking.attach(to: shard, [TestEvents.topic, other]) != nil)
            #expect(ordinary.attach(to: shard, [TestEvents.topic, other]) != nil)
            shard.receive(
                Self.envelopes(
                    TestEvents.message(101), TestEvents.message(102), TestEvents.message(103, in: ChannelID(8)), TestEvents.message(104)))
            shard.receive(Self.envelopes(TestEvents.message(104), TestEvents.message(105)))
            #expect(looking.seen == [101, 102, 103, 104, 105] && looking.received.isEmpty)
            #expect(ordinary.received == [101, 102, 103, 104, 105] && ordinary.seen.isEmpty)
        }
    }

    @Test func `a subscriber that looks at events gets what it has missed and nothing after it has left`() async throws {
        try await Self.onLoop { shard, encoder in
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103)))
            let looking = RecordingSubscriber(account: 1, looksAtEvents: true, encoder: encoder)
            let place = looking.attach(to: shard, after: 101)
            #expect(place != nil && looking.seen == [102, 103])
            looking.onReceive = { if let place { shard.detach(place) } }
            shard.receive(Self.envelopes(TestEvents.message(104), TestEvents.message(105)))
            #expect(looking.seen == [102, 103, 104] && encoder.count == 0)
        }
    }

    @Test func `a subscriber that attaches late gets what happened since its snapshot, each event once`() async throws {
        try await Self.onLoop { shard, encoder in
            shard.receive(Self.envelopes(TestEvents.message(101), TestEvents.message(102), TestEvents.message(103)))
            let late = RecordingSubscriber(account: 1, encoder: encoder)
            #expect(late.attach(to: shard, after: 101) != nil)
            shard.receive(Self.envelopes(TestEvents.message(104)))
            #expect(late.received == [102, 103, 104])
        }
    }

    @Test func `a snapshot newer than the events still to come gets none of them twice`() async throws {
        try await Self.onLoop { shard, encoder in
            let early = RecordingSubscriber(account: 1, encoder: encoder)
            #expect(early.attach(to: shard, after: 103) != nil)
            shard.receive(Self.envelopes(TestEvents.message(102), TestEvents.message(103), TestEvents.message(104)))
            #expect(early.received == [104])
        }
    }

    @Test func `a position that the hub has forgotten is refused`() async throws {
        try await Self.onLoop { shard, encoder in
            #expect(shard.covers(100))
            #expect(!shard.covers(99))
            for id in 101...Int64(101 + HubShard.recentLimit * 2) { shard.receive(Self.envelopes(TestEvents.message(id))) }
            let late = RecordingSubscriber(account: 1, encoder: encoder)
            #expect(late.attach(to: shard) == nil)
            #expect(late.received.isEmpty)
        }
    }

    @Test func `a new member hears from its joining on and a former member hears its leaving and nothing after`() async throws {
        try await Self.onLoop { shard, encoder in
            let guest = RecordingSubscriber(account: 5, encoder: encoder)
            #expect(guest.attach(to: shard, []) != nil)
            shard.receive(
                Self.envelopes(
                    TestEvents.message(101), TestEvents.joined(102, 5), TestEvents.message(103), TestEvents.left(104, 5),
                    TestEvents.message(105)))
            #expect(guest.received == [102, 103, 104])
        }
    }

    @Test func `memberships that changed between snapshot and attaching are followed`() async throws {
        try await Self.onLoop { shard, encoder in
            shard.receive(
                Self.envelopes(TestEvents.joined(101, 5), TestEvents.message(102), TestEvents.left(103, 5), TestEvents.message(104)))
            let guest = RecordingSubscriber(account: 5, encoder: encoder)
            #expect(guest.attach(to: shard, []) != nil)
            #expect(guest.received == [101, 102, 103])
            let newer = RecordingSubscriber(account: 5, encoder: encoder)
            #expect(newer.attach(to: shard, after: 102) != nil)
            #expect(newer.received == [103])
        }
    }

    @Test func `an ended login closes its own sockets and the end of all logins closes all`() async throws {
        try await Self.onLoop { shard, encoder in
            let first = RecordingSubscriber(account: 5, session: 1, encoder: encoder)
            let second = RecordingSubscriber(account: 5, session: 2, encoder: encoder)
            let other = RecordingSubscriber(account: 6, session: 3, encoder: encoder)
            for subscriber in [first, second, other] { #expect(subscriber.attach(to: shard, []) != nil) }
            shard.receive(Self.envelopes(TestEvents.sessionEnded(101, 5, session: 1)))
            #expect(first.hasEnded && !second.hasEnded && !other.hasEnded)
            shard.receive(Self.envelopes(TestEvents.sessionEnded(102, 5, session: nil)))
            #expect(second.hasEnded && !other.hasEnded)
        }
    }

    /// Leaving and coming back lie before the snapshot; neither is undone when the hub hands them out late.
    @Test func `a leaving that a snapshot is younger than takes nothing away`() async throws {
        try await Self.onLoop { shard, encoder in
            let member = RecordingSubscriber(account: 5, encoder: encoder)
            #expect(member.attach(to: shard, after: 102) != nil)
            shard.receive(Self.envelopes(TestEvents.left(101, 5), TestEvents.joined(102, 5), TestEvents.message(103)))
            #expect(member.received == [103])
        }
    }

    @Test func `accounts are named once and not more of them than asked for`() async throws {
        try await Self.onLoop { shard, encoder in
            for account in [1, 1, 2, 3] as [Int64] {
                #expect(RecordingSubscriber(account: account, encoder: encoder).attach(to: shard) != nil)
            }
            #expect(shard.accounts(in: [TestEvents.topic], limit: 10) == [AccountID(1), AccountID(2), AccountID(3)])
            #expect(shard.accounts(in: [TestEvents.topic], limit: 2).count == 2)
            #expect(shard.accounts(in: [TopicID(scope: .space, id: 7)], limit: 10).isEmpty)
        }
    }

    @Test func `a login made after all others ended is not closed by that older event`() async throws {
        try await Self.onLoop { shard, encoder in
            let fresh = RecordingSubscriber(account: 5, encoder: encoder)
            #expect(fresh.attach(to: shard, [], after: 101) != nil)
            shard.receive(Self.envelopes(TestEvents.sessionEnded(101, 5, session: nil)))
            #expect(!fresh.hasEnded)
        }
    }

    /// The gap that one leaves is filled with the last, which leaves from there.
    @Test func `whoever has been moved to another place leaves that one`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...4).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard) }
            shard.detach(places[0])
            shard.detach(places[3])
            shard.receive(Self.envelopes(TestEvents.message(101)))
            #expect(members.map(\.received) == [[], [101], [101], []])
            shard.detach(places[2])
            shard.detach(places[1])
            #expect(shard.accounts(in: [TestEvents.topic], limit: 10).isEmpty)
        }
    }

    @Test func `a detached subscriber gets nothing more, even in the middle of an event`() async throws {
        try await Self.onLoop { shard, encoder in
            let members = (1...4).map { RecordingSubscriber(account: $0, encoder: encoder) }
            let places = members.compactMap { $0.attach(to: shard) }
            // Served from the last seat down: the last one throws the first two out.
            members[3].onReceive = {
                shard.detach(places[0])
                shard.detach(places[1])
            }
            shard.receive(Self.envelopes(TestEvents.message(101)))
            #expect(members.map(\.received) == [[], [], [101], [101]])
            #expect(shard.subscriberCount == 2)
        }
    }
}
