import Community
import Primitives
import Reactor
import Storage
import Testing

@testable import Gateway

/// Who listens after somebody has lost or gained what there is to hear: nobody hears anything of what is not theirs any more.
struct HubAudienceTests {
    private static let space = TopicID(scope: .space, id: 1)
    private static let channel = Channel(
        id: ChannelID(7), spaceID: SpaceID(1), name: "hidden", hasOwnAudience: true, createdAt: Timestamp(seconds: 1))

    private static func account(_ id: Int64) -> Account {
        Account(id: AccountID(id), username: "u\(id)", createdAt: Timestamp(seconds: 1), updatedAt: Timestamp(seconds: 1))
    }

    /// An event as the database would publish it.
    private static func event(_ id: Int64, _ topic: TopicID, _ live: CommunityEvent) -> Envelope? {
        Envelope(
            Event(id: id, scope: topic.scope, scopeID: topic.id, kind: 0, subjectID: 0, createdAt: Timestamp(seconds: id), live: live))
    }

    private static func own(_ account: Int64) -> TopicID { TopicID(scope: .account, id: account) }

    private static func spaceUpdated(_ id: Int64) -> Envelope? {
        let space = Space(
            id: SpaceID(1), name: "n", ownerID: nil, memberCount: 2, createdAt: Timestamp(seconds: 1), updatedAt: Timestamp(seconds: 1))
        return event(id, Self.space, .spaceUpdated(space))
    }

    private static func said(_ id: Int64) -> Envelope? { Envelope(TestEvents.message(id)) }

    /// A member of the space who sees the channel, and another one.
    private static func withMembers(
        _ body: @escaping @Sendable (HubShard, RecordingSubscriber, RecordingSubscriber) -> Void
    ) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let encoder = CountingEncoder()
            let first = RecordingSubscriber(account: 5, encoder: encoder)
            let second = RecordingSubscriber(account: 6, encoder: encoder)
            #expect(first.attach(to: shard, [own(5), space, TestEvents.topic]) != nil)
            #expect(second.attach(to: shard, [own(6), space, TestEvents.topic]) != nil)
            body(shard, first, second)
        }
    }

    @Test func `who was removed from a space hears of it and nothing else of it`() async throws {
        try await Self.withMembers { shard, removed, other in
            let removal = SpaceRemoval(
                spaceID: SpaceID(1), account: Self.account(5), reason: .kicked, memberCount: 1, closedChannels: [ChannelID(7)])
            shard.receive(
                [
                    Self.said(101), Self.event(102, Self.own(5), .removedFromSpace(removal)),
                    Self.event(103, Self.space, .memberRemoved(removal)), Self.said(104), Self.spaceUpdated(105),
                ].compactMap { $0 })
            #expect(removed.received == [101, 102])
            #expect(other.received == [101, 103, 104, 105])
        }
    }

    @Test func `who does not see a channel any more hears that and nothing else of it`() async throws {
        try await Self.withMembers { shard, blinded, other in
            shard.receive(
                [
                    Self.event(101, Self.own(5), .channelHidden(Self.channel, from: AccountID(5), .rules)), Self.said(102),
                    Self.spaceUpdated(103),
                    Self.event(104, Self.own(5), .channelShown(Self.channel, to: AccountID(5))), Self.said(105),
                ].compactMap { $0 })
            #expect(blinded.received == [101, 103, 104, 105])
            #expect(other.received == [102, 103, 105])
        }
    }

    /// A channel that was open moves to a topic of its own: who keeps its sight hears on without a gap and nothing twice, who loses it hears that.
    @Test func `a channel that becomes narrow takes along those who see it`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.next()
        try await loop.submit {
            let shard = HubShard(loop: loop, position: 100)
            let encoder = CountingEncoder()
            let (keeping, losing) = (RecordingSubscriber(account: 5, encoder: encoder), RecordingSubscriber(account: 6, encoder: encoder))
            #expect(keeping.attach(to: shard, [Self.own(5), Self.space]) != nil)
            #expect(losing.attach(to: shard, [Self.own(6), Self.space]) != nil)
            var open = Self.channel
            open.hasOwnAudience = false
            shard.receive(
                [
                    Self.event(101, Self.space, .channelUpdated(open)),
                    Self.event(102, Self.own(6), .channelHidden(Self.channel, from: AccountID(6), .rules)),
                    Self.event(103, Self.own(5), .channelNarrowed(Self.channel, for: AccountID(5))),
                    Self.event(104, TestEvents.topic, .channelUpdated(Self.channel)), Self.said(105), Self.spaceUpdated(106),
                ].compactMap { $0 })
            #expect(keeping.received == [101, 103, 104, 105, 106])
            #expect(losing.received == [101, 102, 106])
            // A second switch changes nothing for those who are there.
            shard.receive(
                [
                    Self.event(107, Self.own(6), .channelShown(Self.channel, to: AccountID(6))),
                    Self.event(108, Self.own(5), .channelNarrowed(Self.channel, for: AccountID(5))), Self.said(109),
                ].compactMap { $0 })
            #expect(keeping.received.suffix(2) == [108, 109] && losing.received.suffix(2) == [107, 109])
        }
    }

    @Test func `nobody listens to a channel that is gone`() async throws {
        try await Self.withMembers { shard, first, second in
            shard.receive([Self.event(101, TestEvents.topic, .channelDeleted(Self.channel)), Self.said(102)].compactMap { $0 })
            #expect(first.received == [101] && second.received == [101])
            #expect(shard.accounts(in: [TestEvents.topic], limit: 5).isEmpty)
            #expect(shard.accounts(in: [Self.space], limit: 5).count == 2)
        }
    }

    @Test func `nobody listens to a space that is gone`() async throws {
        try await Self.withMembers { shard, first, second in
            let removal = SpaceRemoval(spaceID: SpaceID(1), account: Self.account(6), reason: .serverDeleted, memberCount: 0)
            shard.receive(
                [
                    Self.event(101, Self.space, .spaceDeleted(SpaceID(1))), Self.event(102, Self.own(6), .removedFromSpace(removal)),
                    Self.spaceUpdated(103),
                ].compactMap { $0 })
            #expect(first.received == [101] && second.received == [101, 102])
        }
    }

    @Test func `a new member listens to the channels with an audience of their own that it sees`() async throws {
        try await Self.withMembers { shard, _, _ in
            let newcomer = RecordingSubscriber(account: 9, encoder: CountingEncoder())
            #expect(newcomer.attach(to: shard, [Self.own(9)]) != nil)
            let member = Member(spaceID: SpaceID(1), account: Self.account(9), role: .member, joinedAt: Timestamp(seconds: 1))
            let space = Space(
                id: SpaceID(1), name: "n", ownerID: nil, memberCount: 3, createdAt: Timestamp(seconds: 1), updatedAt: Timestamp(seconds: 1))
            let detail = SpaceDetail(space: space, channels: [Self.channel], members: [])
            shard.receive(
                [Self.event(101, Self.space, .memberAdded(member, memberCount: 3, detail: detail)), Self.said(102), Self.spaceUpdated(103)]
                    .compactMap { $0 })
            #expect(newcomer.received == [101, 102, 103])
        }
    }

    /// A snapshot that is younger than the end of a topic may know a later topic of the same name; what is older is not taken from it.
    @Test func `a subscriber that came after the end of a channel keeps its other seats`() async throws {
        try await Self.withMembers { shard, _, _ in
            let late = RecordingSubscriber(account: 9, encoder: CountingEncoder())
            #expect(late.attach(to: shard, [Self.space], after: 102) != nil)
            shard.receive(
                [Self.event(101, TestEvents.topic, .channelDeleted(Self.channel)), Self.spaceUpdated(102), Self.spaceUpdated(103)]
                    .compactMap { $0 })
            #expect(late.received == [103])
        }
    }
}
