internal import Community
internal import Storage

/// Changes of presence, put together so that a socket gets what concerns it with few writes, and each once.
///
/// Somebody's change goes to the subscribers of one of the person's topics after the other, each time without those of the topics before. What goes to
/// the same topic, without the same others, is one batch: in a space of ten thousand people whose changes come together, one write for each.
struct PresenceBatches {
    private struct Key: Hashable {
        let topic: TopicID
        let earlier: [TopicID]
    }

    let batches: [FleetingBatch]

    init(_ tellings: [PresenceState.Telling], delivery: FleetingDelivery) {
        var keys: [Key] = []
        var envelopes: [Key: [FleetingEnvelope]] = [:]
        for telling in tellings {
            let envelope = FleetingEnvelope(.presence(telling.change))
            for key in Self.keys(for: telling) {
                if envelopes[key] == nil { keys.append(key) }
                envelopes[key, default: []].append(envelope)
            }
        }
        batches = keys.map { FleetingBatch(envelopes[$0] ?? [], to: $0.topic, except: $0.earlier, delivery: delivery) }
    }

    private static func keys(for telling: PresenceState.Telling) -> [Key] {
        let topics = telling.audience.sources.map { TopicID($0) }
        let spaces = topics.filter { $0.scope == .space }
        let direct = topics.filter { $0.scope != .space }
        // The account's own sockets are among those of each of its spaces and direct channels.
        guard let first = topics.first else {
            return [Key(topic: TopicID(scope: .account, id: telling.change.account.rawValue), earlier: [])]
        }
        // Two people have one direct channel: whom they meet there they have met in no other, but themselves.
        let met = spaces.isEmpty ? [first] : spaces
        return spaces.indices.map { Key(topic: spaces[$0], earlier: Array(spaces[..<$0])) }
            + direct.map { Key(topic: $0, earlier: $0 == first ? [] : met) }
    }
}
