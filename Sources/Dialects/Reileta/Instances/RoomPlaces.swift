internal import Community
internal import Primitives

/// The places of one instance: who is inside takes one, who has been let in and has not come yet holds one (contracts/reileta.md 3.5).
struct RoomPlaces {
    /// What became of the wish to hold a place.
    enum Hold: Equatable {
        /// A place is held from now on.
        case made(until: Timestamp)
        /// One was held already.
        case kept(until: Timestamp)
        /// There is none.
        case none

        /// Until when; nil without a place.
        var until: Timestamp? {
            switch self {
            case .made(let until), .kept(let until): until
            case .none: nil
            }
        }
    }

    /// Players inside.
    private(set) var players = 0
    private var held: [AccountID: Timestamp] = [:]
    /// Whether people wait: a place that becomes free is for the first of them.
    var hasQueue = false

    /// Whether nothing is known that would be lost.
    var isIdle: Bool { players == 0 && held.isEmpty && !hasQueue }
    /// Whether somebody is inside or about to come.
    var isOccupied: Bool { players > 0 || !held.isEmpty }

    /// Holds a place for somebody.
    ///
    /// - Parameter passesQueue: whether the place is for this person although others wait.
    mutating func hold(for account: AccountID, capacity: Int, until: Timestamp, at now: Timestamp, passesQueue: Bool) -> Hold {
        if let kept = held[account], kept > now { return .kept(until: kept) }
        held[account] = nil
        guard isFree(capacity: capacity, at: now), passesQueue || !hasQueue else { return .none }
        held[account] = until
        return .made(until: until)
    }

    /// Holds a place again that was promised, such as before a restart.
    ///
    /// - Returns: whether it was not held until then already.
    @discardableResult
    mutating func restore(for account: AccountID, until: Timestamp) -> Bool {
        held.updateValue(until, forKey: account) != until
    }

    /// Holds a place no longer.
    ///
    /// - Parameter moment: only when it was held until then at most.
    mutating func release(_ account: AccountID, heldUntil moment: Timestamp? = nil) {
        if let moment, let until = held[account], until > moment { return }
        held[account] = nil
    }

    /// Takes a place: the one that is held for the person, or a free one.
    ///
    /// - Returns: whether one was held; nil when there is none.
    mutating func take(_ account: AccountID, capacity: Int, at now: Timestamp, passesQueue: Bool) -> Bool? {
        if let until = held[account], until > now {
            // Never more than there may be, also when they have become fewer.
            guard players < capacity else { return nil }
            held[account] = nil
            players += 1
            return true
        }
        guard isFree(capacity: capacity, at: now), passesQueue || !hasQueue else { return nil }
        held[account] = nil
        players += 1
        return false
    }

    /// Gives a place back.
    mutating func leave() {
        players -= 1
    }

    private func isFree(capacity: Int, at now: Timestamp) -> Bool {
        players + held.values.count { $0 > now } < capacity
    }
}
