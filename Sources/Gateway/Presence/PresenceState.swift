internal import Community
internal import Reactor

/// Who is there, what was told of them, and of whom something has to be told. Decides only: no clock, no I/O.
///
/// Whoever comes, goes or chooses another status waits in a row, once, however often that happens. A telling takes people from the front of it,
/// compares how they are shown with what was told, and spends a budget: what is told is always the latest, and what was told is not repeated. It holds
/// nobody but those who are there, those who went a moment ago, and those of whom that has still to be told.
struct PresenceState {
    private enum Whereabouts {
        case here(sockets: Int)
        /// Nobody knows yet that the last socket has gone: whoever comes back until then was never away.
        case leaving(until: MonotonicInstant, Departure, topics: [TopicID])
        case gone
    }

    private struct Person {
        var whereabouts = Whereabouts.here(sockets: 1)
        var username: String
        var chosen: PresenceStatus
        var told = UserStatus.offline
        /// The number of the last change of how the person is shown.
        var number: UInt64
        /// The socket that came, or chose, and with what.
        var cause: (place: SocketRegistry.Place, chosen: PresenceStatus)?
        var isWaiting = false
        /// What `chosen` says was read before the person came, and may have been changed since.
        var isUnconfirmed = true
        /// The first change since the last telling; nil when what was told is still how the person is shown.
        var untoldSince: UInt64?

        var isPresent: Bool {
            if case .gone = whereabouts { return false }
            return true
        }

        var shown: UserStatus { UserStatus(chosen: chosen, isPresent: isPresent) }
    }

    /// People who were told of, or have to be, on their way through a telling.
    struct Telling {
        var change: PresenceChange
        var audience: PresenceAudience
    }

    private let settings: PresenceSettings
    private var people: [AccountID: Person] = [:]
    /// A slice, which gives up its first element without moving the others.
    private var waiting: ArraySlice<AccountID> = []
    private var closed: GraceQueue
    private var lost: GraceQueue
    private var leavingCount = 0
    private var leavingByTopic: [TopicID: Set<AccountID>] = [:]
    private var notBefore = MonotonicInstant(nanoseconds: 0)
    private(set) var socketCount = 0
    /// The number of the latest change.
    private(set) var position: UInt64 = 0
    /// Changes up to this number may have been told.
    private(set) var toldThrough: UInt64 = 0
    /// The latest change when somebody who had just come was last shown who is there.
    private var lookedAt: UInt64 = 0

    init(_ settings: PresenceSettings = PresenceSettings()) {
        self.settings = settings
        closed = GraceQueue(settings.offlineAfter)
        lost = GraceQueue(settings.offlineAfterLost)
    }

    /// People that are remembered, and people in the row.
    var counts: (people: Int, waiting: Int, graces: Int) { (people.count, waiting.count, closed.count + lost.count) }

    // MARK: What happens

    /// A socket of the account is served from now on.
    mutating func enter(_ account: Account, through place: SocketRegistry.Place) {
        socketCount += 1
        guard let whereabouts = people[account.id]?.whereabouts else {
            position += 1
            var person = Person(username: account.username, chosen: account.status, number: position, cause: (place, account.status))
            // Who comes unseen is not to be told of.
            if person.shown != person.told { person.untoldSince = position }
            people[account.id] = person
            return wait(account.id)
        }
        switch whereabouts {
        case .here(let sockets):
            people[account.id]?.whereabouts = .here(sockets: sockets + 1)
        case .leaving(_, _, let topics):
            stopLeaving(account.id, topics)
            people[account.id]?.whereabouts = .here(sockets: 1)
        case .gone:
            change(account.id) { person in
                person.whereabouts = .here(sockets: 1)
                person.cause = (place, person.chosen)
            }
        }
    }

    /// A socket of the account has ended.
    ///
    /// - Parameter topics: whose subscribers see the account.
    mutating func leave(_ account: AccountID, _ departure: Departure, topics: [TopicID], at now: MonotonicInstant) {
        guard case .here(let sockets) = people[account]?.whereabouts else { return }
        socketCount -= 1
        guard sockets == 1 else {
            people[account]?.whereabouts = .here(sockets: sockets - 1)
            return
        }
        sweep()
        let end = departure == .closed ? closed.append(account, at: now) : lost.append(account, at: now)
        leavingCount += 1
        for topic in topics { leavingByTopic[topic, default: []].insert(account) }
        people[account]?.whereabouts = .leaving(until: end, departure, topics: topics)
    }

    /// The account has another name, or another status has been chosen for it.
    mutating func update(_ account: Account) {
        change(account.id) { person in
            person.isUnconfirmed = false
            person.username = account.username
            person.chosen = account.status
        }
    }

    /// A socket is about to choose a status for its account: it need not be told.
    mutating func willChoose(_ status: PresenceStatus, for account: AccountID, through place: SocketRegistry.Place) {
        people[account]?.cause = (place, status)
    }

    /// The account is not seen any more by the subscribers of a topic.
    mutating func hide(_ account: AccountID, from topic: TopicID) {
        guard case .leaving(let end, let departure, var topics) = people[account]?.whereabouts else { return }
        topics.removeAll { $0 == topic }
        removeLeaving(account, from: topic)
        people[account]?.whereabouts = .leaving(until: end, departure, topics: topics)
    }

    private mutating func change(_ account: AccountID, _ body: (inout Person) -> Void) {
        guard var person = people[account] else { return }
        let before = person.shown
        body(&person)
        let isChanged = person.shown != before
        if isChanged {
            position += 1
            person.number = position
            let since = person.untoldSince ?? position
            // Taken back before anybody has looked, it never was.
            person.untoldSince = person.shown == person.told && since > lookedAt ? nil : since
        }
        people[account] = person
        if isChanged { wait(account) }
    }

    private mutating func wait(_ account: AccountID) {
        guard people[account]?.isWaiting == false else { return }
        people[account]?.isWaiting = true
        waiting.append(account)
    }

    /// Keeps the queues in proportion to the people in them, however often these come and go.
    private mutating func sweep() {
        guard closed.count + lost.count > 4 * leavingCount + 128 else { return }
        let people = people
        func isLeaving(_ account: AccountID, _ end: MonotonicInstant, _ departure: Departure) -> Bool {
            guard case .leaving(end, departure, _) = people[account]?.whereabouts else { return false }
            return true
        }
        closed.sweep { isLeaving($0, $1, .closed) }
        lost.sweep { isLeaving($0, $1, .lost) }
    }

    private mutating func stopLeaving(_ account: AccountID, _ topics: [TopicID]) {
        leavingCount -= 1
        for topic in topics { removeLeaving(account, from: topic) }
    }

    private mutating func removeLeaving(_ account: AccountID, from topic: TopicID) {
        leavingByTopic[topic]?.remove(account)
        if leavingByTopic[topic]?.isEmpty == true { leavingByTopic[topic] = nil }
    }
}

// MARK: - What is asked

extension PresenceState {
    /// Whether the account is there, or was a moment ago.
    func isPresent(_ account: AccountID) -> Bool {
        people[account]?.isPresent ?? false
    }

    /// People without a socket who are still shown to the subscribers of the topics, at most `limit`.
    func leaving(in topics: [TopicID], limit: Int) -> Set<AccountID> {
        var found: Set<AccountID> = []
        for topic in topics {
            for account in leavingByTopic[topic] ?? [] {
                guard found.count < limit else { return found }
                found.insert(account)
            }
        }
        return found
    }

    /// How the accounts are shown now, without those who look offline, for somebody who has just come.
    mutating func show(_ accounts: some Sequence<AccountID>) -> [PresenceChange] {
        lookedAt = position
        return accounts.compactMap { account in
            guard let person = people[account], person.shown != .offline else { return nil }
            return PresenceChange(
                account: account, username: person.username, status: person.shown, number: person.number, cause: nil)
        }
    }
}

// MARK: - Telling

extension PresenceState {
    /// When there is something to do; nil while there is not.
    var nextDue: MonotonicInstant? {
        guard waiting.isEmpty else { return notBefore }
        let ends = [closed.nextEnd, lost.nextEnd].compactMap { $0 }
        return ends.min().map { max($0, notBefore) }
    }

    /// Begins a telling: whose time is over is gone from now on.
    ///
    /// - Returns: how many people are told of at most. Who comes to the row from now on is told of the next time.
    mutating func beginTelling(at now: MonotonicInstant) -> Int {
        notBefore = now + settings.interval
        while let due = closed.takeDue(at: now) { expire(due.account, .closed, due.end) }
        while let due = lost.takeDue(at: now) { expire(due.account, .lost, due.end) }
        return min(waiting.count, settings.people)
    }

    private mutating func expire(_ account: AccountID, _ departure: Departure, _ end: MonotonicInstant) {
        guard case .leaving(end, departure, let topics) = people[account]?.whereabouts else { return }
        stopLeaving(account, topics)
        change(account) { $0.whereabouts = .gone }
        forgetIfSettled(account)
    }

    /// Takes the first `count` people from the row.
    ///
    /// - Returns: those of whom there may be something to tell.
    mutating func take(_ count: Int) -> [AccountID] {
        let taken = waiting.prefix(count)
        waiting = waiting.dropFirst(count)
        if waiting.isEmpty { waiting = [] }
        return taken.filter { account in
            people[account]?.isWaiting = false
            guard let person = people[account] else { return false }
            let isNeeded = person.isUnconfirmed || isNews(person)
            if !isNeeded { settle(account) }
            return isNeeded
        }
    }

    /// Whether somebody may know the person otherwise: by what was told, or, where that is right again, by a look at what was not told in between.
    private func isNews(_ person: Person) -> Bool {
        person.shown != person.told || person.untoldSince.map { $0 <= lookedAt } ?? false
    }

    /// Puts people back to the front of the row.
    mutating func putBack(_ accounts: some Sequence<AccountID>) {
        var row: [AccountID] = []
        for account in accounts where people[account]?.isWaiting == false {
            people[account]?.isWaiting = true
            row.append(account)
        }
        waiting = ArraySlice(row + waiting)
    }

    /// Decides what is told of people who have been taken, as long as the budget lasts; a budget that has not been touched is enough for one.
    ///
    /// - Parameters:
    ///   - audiences: what the database says of them; who is missing there does not exist any more.
    ///   - budget: deliveries that are left.
    /// - Returns: what is told, and whether the budget is used up: who was taken and is not told of is back at the front then.
    mutating func settle(
        _ taken: [AccountID], _ audiences: [AccountID: PresenceAudience], budget: inout Int
    ) -> (tellings: [Telling], isExhausted: Bool) {
        var tellings: [Telling] = []
        for (index, account) in taken.enumerated() {
            guard let audience = audiences[account] else {
                let shown = people[account]?.shown ?? .offline
                people[account]?.told = shown
                settle(account)
                continue
            }
            confirm(account, audience)
            guard let person = people[account], isNews(person) else {
                settle(account)
                continue
            }
            let cost = max(min(audience.reach, socketCount), 1)
            guard cost <= budget || budget == settings.deliveries else {
                putBack(taken[index...])
                return (tellings, true)
            }
            budget = max(budget - cost, 0)
            tellings.append(Telling(change: tell(person, account), audience: audience))
        }
        return (tellings, budget == 0)
    }

    /// The database has the last word on somebody who has just come. Later choices are heard as events, in their order.
    private mutating func confirm(_ account: AccountID, _ audience: PresenceAudience) {
        guard people[account]?.isUnconfirmed == true else { return }
        change(account) { person in
            person.isUnconfirmed = false
            person.username = audience.username
            person.chosen = audience.status
        }
    }

    private mutating func tell(_ person: Person, _ account: AccountID) -> PresenceChange {
        let cause = person.cause.flatMap { UserStatus(chosen: $0.chosen, isPresent: true) == person.shown ? $0.place : nil }
        people[account]?.told = person.shown
        people[account]?.cause = nil
        toldThrough = max(toldThrough, person.number)
        settle(account)
        return PresenceChange(
            account: account, username: person.username, status: person.shown, number: person.number, cause: cause)
    }

    /// Everybody knows how the person is shown.
    private mutating func settle(_ account: AccountID) {
        people[account]?.untoldSince = nil
        forgetIfSettled(account)
    }

    /// Nothing is kept of somebody who is gone and known to be.
    private mutating func forgetIfSettled(_ account: AccountID) {
        guard let person = people[account], !person.isPresent, person.told == .offline, !person.isWaiting else { return }
        people[account] = nil
    }
}
