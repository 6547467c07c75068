internal import Primitives
internal import Storage

/// When somebody who was away could see a channel that not everybody in its space sees: what was said there in between is not replayed, as it was not
/// told to those who were here.
struct SightChanges {
    /// For each channel the events that have shown or hidden it, in the order of their ids.
    private var changes: [Int64: [(event: Int64, isShown: Bool)]] = [:]

    /// Notes the next event that has shown or hidden a channel.
    mutating func note(_ channel: Int64, event: Int64, isShown: Bool) {
        changes[channel, default: []].append((event, isShown))
    }

    /// Whether the channel was seen when an event happened.
    ///
    /// - Parameter start: where somebody begins to hear of the channel; what was before says nothing.
    func seen(_ channel: Int64, at event: Int64, after start: Int64) -> Bool {
        guard let changes = changes[channel]?.filter({ $0.event > start }), let first = changes.first else { return true }
        return changes.last { $0.event <= event }?.isShown ?? !first.isShown
    }
}

extension SQLReader {
    /// What roles and rules have shown to an account and hidden from it since an event.
    func sightChanges(of account: AccountID, after: Int64) throws -> SightChanges {
        var changes = SightChanges()
        try run(
            "SELECT id, subject_id, kind, data FROM events WHERE scope = $1 AND scope_id = $2 AND id > $3 AND kind IN ($4, $5) ORDER BY id",
            [
                .integer(EventScope.account.rawValue), .integer(account.rawValue), .integer(after),
                .integer(EventKind.channelShown.rawValue), .integer(EventKind.channelHidden.rawValue),
            ]
        ) { row in
            let isShown = try row.integer(2) == EventKind.channelShown.rawValue
            // Channels with members of their own begin with the joining.
            guard try isShown || ChannelRecord.loss(from: row.optionalText(3)) == .rules else { return }
            changes.note(try row.integer(1), event: try row.integer(0), isShown: isShown)
        }
        return changes
    }
}
