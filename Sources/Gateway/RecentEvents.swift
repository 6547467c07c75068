internal import Storage

/// The last events a loop has begun to hand out, for subscribers whose snapshot is a little older than their place in the hub.
struct RecentEvents {
    private let limit: Int
    private var envelopes: [Envelope] = []
    /// Everything after this id is remembered.
    private var coveredAfter: Int64

    /// - Parameter position: the id of the last event before the first that will be appended.
    init(limit: Int, startingAfter position: Int64) {
        self.limit = limit
        coveredAfter = position
    }

    mutating func append(_ envelope: Envelope) {
        envelopes.append(envelope)
        // Dropped in halves, so that an append costs the same on average however many are kept.
        guard envelopes.count >= limit * 2 else { return }
        coveredAfter = envelopes[envelopes.count - limit - 1].event.id
        envelopes.removeFirst(envelopes.count - limit)
    }

    /// The id of the last event, or where the first will follow.
    var latest: Int64 { envelopes.last?.event.id ?? coveredAfter }

    /// Whether no event after `position` has been forgotten.
    func covers(_ position: Int64) -> Bool {
        position >= coveredAfter
    }

    /// The remembered events after `position`, in order.
    func events(after position: Int64) -> ArraySlice<Envelope> {
        var low = 0
        var high = envelopes.count
        while low < high {
            let middle = (low + high) / 2
            if envelopes[middle].event.id > position { high = middle } else { low = middle + 1 }
        }
        return envelopes[low...]
    }
}
