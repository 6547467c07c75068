internal import Community
internal import Reactor
internal import Storage

/// The part of the hub that belongs to one loop: who listens to what, and the events that are being handed out.
///
/// Events are handed out one after the other in the order of their commits. An event for very many sockets is served in slices, so that
/// requests on the same loop get their turn in between; the next event waits until the last slice is done.
public final class HubShard {
    /// Sockets served before the loop does other things.
    static let sliceSize = 512
    /// Recent events kept for subscribers that attach a moment after their snapshot was read.
    static let recentLimit = 2_048

    private let loop: EventLoop
    private var topics: [TopicID: Topic] = [:]
    private var byAccount: [AccountID: [Subscription]] = [:]
    private var recent: RecentEvents
    private var waiting: [Envelope] = []
    private var current: (envelope: Envelope, topic: Topic, nextIndex: Int)?
    private var isScheduled = false

    init(loop: EventLoop, position: Int64) {
        self.loop = loop
        recent = RecentEvents(limit: Self.recentLimit, startingAfter: position)
    }

    /// Subscribers on this loop.
    public var subscriberCount: Int { byAccount.values.reduce(0) { $0 + $1.count } }

    /// Accounts with a subscriber of one of the topics, at most `limit`.
    func accounts(in wanted: [TopicID], limit: Int) -> Set<AccountID> {
        var found: Set<AccountID> = []
        for topic in wanted {
            for seat in topics[topic]?.seats ?? [] {
                guard found.count < limit else { return found }
                found.insert(seat.subscription.account)
            }
        }
        return found
    }

    // MARK: Coming and going

    /// Whether a subscriber that knows everything up to `position` can be attached without a gap.
    public func covers(_ position: Int64) -> Bool {
        recent.covers(position)
    }

    /// Adds a subscriber that knows everything up to the event `position`, and hands it what has happened since.
    ///
    /// - Parameter topics: what the account could see at `position`; changes of its memberships since then are followed.
    /// - Returns: nil when more has happened since `position` than the hub remembers: read the log up to now and attach again.
    public func attach(_ subscriber: any Subscriber, to topics: [TopicID], after position: Int64) -> Subscription? {
        guard recent.covers(position) else { return nil }
        let subscription = Subscription(subscriber: subscriber, position: position)
        byAccount[subscriber.account, default: []].append(subscription)
        for topic in topics { join(subscription, topic) }
        for envelope in recent.events(after: position) {
            follow(envelope, before: true, only: subscription)
            if subscription.seats.contains(where: { $0.topic.id == envelope.topic }) {
                // An event whose slices are still being served reaches the subscriber here; its position keeps it from a second copy.
                deliver(envelope, to: subscription)
            }
            follow(envelope, before: false, only: subscription)
        }
        return subscription
    }

    /// Removes a subscriber. It gets nothing more.
    public func detach(_ subscription: Subscription) {
        for seat in subscription.seats { vacate(seat) }
        subscription.seats = []
        byAccount[subscription.account]?.removeAll { $0 === subscription }
        if byAccount[subscription.account]?.isEmpty == true { byAccount[subscription.account] = nil }
    }

    private func join(_ subscription: Subscription, _ id: TopicID) {
        guard !subscription.seats.contains(where: { $0.topic.id == id }) else { return }
        let topic = topics[id] ?? Topic(id: id)
        topics[id] = topic
        topic.add(subscription)
    }

    private func leave(_ subscription: Subscription, _ id: TopicID) {
        guard let position = subscription.seats.firstIndex(where: { $0.topic.id == id }) else { return }
        vacate(subscription.seats.remove(at: position))
    }

    private func vacate(_ seat: Subscription.Seat) {
        seat.topic.remove(seat)
        if seat.topic.seats.isEmpty, topics[seat.topic.id] === seat.topic { topics[seat.topic.id] = nil }
    }

    // MARK: Handing out

    /// Takes committed events, in order.
    func receive(_ envelopes: [Envelope]) {
        waiting.append(contentsOf: envelopes)
        guard !isScheduled else { return }
        serve()
    }

    private func serve() {
        isScheduled = false
        var budget = Self.sliceSize
        while budget > 0 {
            if current == nil {
                guard !waiting.isEmpty else { return }
                begin(waiting.removeFirst())
            }
            serveSlice(&budget)
        }
        guard current != nil || !waiting.isEmpty else { return }
        isScheduled = true
        let bound = LoopBound(self, loop: loop)
        // A timer rather than a job: the loop first takes what its sockets have.
        loop.schedule(after: .zero) { bound.value.serve() }
    }

    private func begin(_ envelope: Envelope) {
        recent.append(envelope)
        follow(envelope, before: true, only: nil)
        guard let topic = topics[envelope.topic] else {
            follow(envelope, before: false, only: nil)
            return
        }
        current = (envelope, topic, topic.seats.count - 1)
    }

    /// Serves from the last seat down: a seat that is given up meanwhile is filled with one that has been served.
    private func serveSlice(_ budget: inout Int) {
        guard let (envelope, topic, start) = current else { return }
        var index = min(start, topic.seats.count - 1)
        while index >= 0, budget > 0 {
            deliver(envelope, to: topic.seats[index].subscription)
            index = min(index, topic.seats.count) - 1
            budget -= 1
        }
        if index >= 0 {
            current = (envelope, topic, index)
        } else {
            current = nil
            follow(envelope, before: false, only: nil)
        }
        budget -= 1
    }

    private func deliver(_ envelope: Envelope, to subscription: Subscription) {
        guard envelope.event.id > subscription.position else { return }
        subscription.position = envelope.event.id
        let subscriber = subscription.subscriber
        guard let bytes = envelope.encoded(by: subscriber.encoder)?.bytes(for: subscription.account) else { return }
        subscriber.receive(bytes, of: envelope)
    }

    // MARK: Memberships

    /// Follows what an event changes about who listens: new members before it is handed out, former members after it.
    private func follow(_ envelope: Envelope, before: Bool, only: Subscription?) {
        for change in SubscriptionChange.changes(of: envelope) where change.comesBeforeDelivery == before {
            let candidates = only.map { $0.account == change.account ? [$0] : [] } ?? byAccount[change.account] ?? []
            // A subscriber whose snapshot is younger than the event knows it already; what has happened since must not be undone.
            for subscription in candidates
            where envelope.event.id > subscription.position || !before && envelope.event.id == subscription.position {
                apply(change, to: subscription)
            }
        }
    }

    private func apply(_ change: SubscriptionChange, to subscription: Subscription) {
        switch change {
        case .join(_, let topic): join(subscription, topic)
        case .leave(_, let topic): leave(subscription, topic)
        case .endSession(_, let session):
            if session == nil || subscription.subscriber.session == session { subscription.subscriber.sessionEnded() }
        }
    }
}
