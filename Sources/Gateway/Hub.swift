public import Community
public import Reactor
public import Storage

/// Brings committed events to the sockets of all loops.
///
/// The hub holds nothing that the database does not: what it loses, a client gets by resuming from the event log.
public final class Hub: Sendable {
    private let shards: [LoopBound<HubShard>]
    private let bus: any EventBus

    /// - Parameters:
    ///   - position: the id of the latest event at the start; later ones reach `publish`.
    ///   - bus: tells other nodes that there are new events, and this one of theirs.
    public init(group: EventLoopGroup, startingAfter position: Int64, bus: any EventBus) {
        shards = group.loops.map { loop in LoopBound(HubShard(loop: loop, position: position), loop: loop) }
        self.bus = bus
    }

    /// The part that belongs to the calling loop. On a loop of the group only.
    public var shard: HubShard? {
        guard let index = EventLoop.current?.index, shards.indices.contains(index) else { return nil }
        return shards[index].value
    }

    /// Accounts that have a socket which listens to one of the topics.
    ///
    /// - Parameter limit: accounts that are named at most.
    public func accounts(in topics: [TopicID], limit: Int) async -> Set<AccountID> {
        var found: Set<AccountID> = []
        for shard in shards where found.count < limit {
            // Nobody is there any more when the loops have been stopped.
            let there = try? await shard.loop.submit { shard.value.accounts(in: topics, limit: limit) }
            found.formUnion((there ?? []).prefix(limit - found.count))
        }
        return found
    }

    /// Tells whoever listens to a topic now of something that is not logged.
    public func tell(_ event: FleetingEvent, in topic: TopicID) {
        tell([FleetingBatch([FleetingEnvelope(event)], to: topic)])
    }

    /// Hands fleeting events out.
    func tell(_ batches: [FleetingBatch]) {
        for shard in shards {
            shard.loop.execute { shard.value.receive(batches) }
        }
    }

    /// How many parts the hub has: each tells a batch that it has been handed out.
    var shardCount: Int { shards.count }

    /// Hands committed events out, in the order of their ids. Called by the database after each commit.
    public func publish(_ events: [Event]) {
        let envelopes = events.compactMap { Envelope($0) }
        guard let last = events.last else { return }
        if !envelopes.isEmpty {
            for shard in shards {
                shard.loop.execute { shard.value.receive(envelopes) }
            }
        }
        bus.announce(upTo: last.id)
    }
}
