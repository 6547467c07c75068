internal import Community
internal import Reactor

/// People whose last socket has gone, in the order in which they will be taken to be away. All have the same time.
struct GraceQueue {
    private struct Place {
        let account: AccountID
        let end: MonotonicInstant
    }

    private let duration: Duration
    /// A slice, which gives up its first element without moving the others. It may hold places of people who have come back.
    private var places: ArraySlice<Place> = []

    init(_ duration: Duration) {
        self.duration = duration
    }

    /// Adds somebody who has just gone.
    ///
    /// - Returns: when the time is over.
    mutating func append(_ account: AccountID, at now: MonotonicInstant) -> MonotonicInstant {
        let end = now + duration
        places.append(Place(account: account, end: end))
        return end
    }

    /// Keeps only those that `isCurrent` says yes to.
    mutating func sweep(_ isCurrent: (AccountID, MonotonicInstant) -> Bool) {
        places = ArraySlice(places.filter { isCurrent($0.account, $0.end) })
    }

    /// When the first one has to be looked at.
    var nextEnd: MonotonicInstant? { places.first?.end }

    /// Places, those of people who have come back among them.
    var count: Int { places.count }

    /// The next one whose time is over, with when that was; who has come back meanwhile is for the caller to see.
    mutating func takeDue(at now: MonotonicInstant) -> (account: AccountID, end: MonotonicInstant)? {
        guard let first = places.first, first.end <= now else { return nil }
        places.removeFirst()
        // An empty slice still holds what has been taken from it.
        if places.isEmpty { places = [] }
        return (first.account, first.end)
    }
}
