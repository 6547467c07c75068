public import Community
internal import Reactor
internal import Storage

/// The part of the hub that belongs to one loop: who listens to what, and the events that are being handed out.
///
/// Every socket gets its events in the order of their commits. Very many sockets are served in slices, so that requests on the same loop get
/// their turn in between; events that follow for the same topic join those being served, others wait until the last slice is done. Fleeting
/// events come when no others wait.
public final class HubShard {
    /// Sockets served before the loop does other things.
    static let sliceSize = 64
    /// Recent events kept for subscribers that attach a moment after their snapshot was read.
    static let recentLimit = 2_048

    private let loop: EventLoop
    private var topics: [TopicID: Topic] = [:]
    private var byAccount: [AccountID: [Subscription]] = [:]
    private var recent: RecentEvents
    /// A slice, which gives up its first element without moving the others.
    private var waiting: ArraySlice<Envelope> = []
    private var current: EventRun?
    private var fleeting = FleetingQueue()
    private var currentFleeting: FleetingRun?
    private var fleetingRuns: UInt32 = 0
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
            for subscription in topics[topic]?.subscriptions ?? [] {
                guard found.count < limit else { return found }
                found.insert(subscription.account)
            }
        }
        return found
    }

    // MARK: Coming and going

    /// Whether a subscriber that knows everything up to `position` can be attached without a gap.
    public func covers(_ position: Int64) -> Bool {
        recent.covers(position)
    }

    /// How far events have begun to be handed out here: who listens from now on gets what comes after it.
    public var position: Int64 { recent.latest }

    /// Lets a subscriber hear of another topic from now on.
    public func listen(_ subscription: Subscription, to topic: TopicID) {
        join(subscription, topic)
    }

    /// Lets a subscriber hear nothing more of a topic.
    public func stopListening(_ subscription: Subscription, to topic: TopicID) {
        guard let seat = subscription.seats.first(where: { $0.topic.id == topic }) else { return }
        leave(subscription, seat.topic)
    }

    /// Adds a subscriber that knows everything up to the event `position`, and hands it what has happened since.
    ///
    /// - Parameters:
    ///   - account: whose socket it is.
    ///   - session: the login it belongs to; when that ends, the subscriber is told.
    ///   - encoder: how events are turned into bytes for it.
    ///   - topics: what the account could see at `position`; changes of its memberships since then are followed.
    /// - Returns: nil when more has happened since `position` than the hub remembers: read the log up to now and attach again.
    public func attach(
        _ subscriber: any Subscriber, account: AccountID, session: SessionID, encoder: any EventEncoder, to topics: [TopicID],
        after position: Int64
    ) -> Subscription? {
        guard recent.covers(position) else { return nil }
        let subscription = Subscription(
            subscriber: subscriber, account: account, session: session, encoder: encoder, position: position)
        byAccount[account, default: []].append(subscription)
        // Of somebody in a thousand channels: one look at each, not one for each pair.
        var listened = Set(topics)
        for topic in listened { add(subscription, to: topic) }
        for envelope in recent.events(after: position) {
            let changesTopics = SubscriptionChange.changes(of: envelope).contains { $0.account ?? account == account }
            if changesTopics {
                follow(envelope, before: true, only: subscription)
                listened = Set(subscription.topics)
            }
            // An event whose slices are still being served reaches the subscriber here; its position keeps it from a second copy.
            if listened.contains(envelope.topic) { subscription.deliver(envelope) }
            if changesTopics {
                follow(envelope, before: false, only: subscription)
                listened = Set(subscription.topics)
            }
        }
        return subscription
    }

    /// Removes a subscriber. It gets nothing more.
    public func detach(_ subscription: Subscription) {
        while let seat = subscription.seats.last { leave(subscription, seat.topic) }
        byAccount[subscription.account]?.removeAll { $0 === subscription }
        if byAccount[subscription.account]?.isEmpty == true { byAccount[subscription.account] = nil }
    }

    private func join(_ subscription: Subscription, _ id: TopicID) {
        guard !subscription.seats.contains(where: { $0.topic.id == id }) else { return }
        add(subscription, to: id)
    }

    private func add(_ subscription: Subscription, to id: TopicID) {
        let topic = topics[id] ?? Topic(id: id)
        topics[id] = topic
        topic.add(subscription)
    }

    private func leave(_ subscription: Subscription, _ topic: Topic) {
        topic.remove(subscription)
        if topic.subscriptions.isEmpty, topics[topic.id] === topic { topics[topic.id] = nil }
    }

    // MARK: Handing out

    /// Takes committed events, in order.
    func receive(_ envelopes: [Envelope]) {
        waiting.append(contentsOf: envelopes)
        guard !isScheduled else { return }
        serve()
    }

    /// Takes fleeting events.
    func receive(_ batches: [FleetingBatch]) {
        for batch in batches { fleeting.append(batch) }
        guard !isScheduled else { return }
        serve()
    }

    private func serve() {
        isScheduled = false
        var budget = Self.sliceSize
        while budget > 0, let run = current ?? beginRun() {
            extend(run)
            run.serve(&budget)
            if run.isServed { end(run) }
        }
        while budget > 0, let run = currentFleeting ?? beginFleetingRun(&budget) {
            run.serve(&budget)
            if run.isServed { end(run) }
        }
        guard current != nil || !waiting.isEmpty || currentFleeting != nil || !fleeting.isEmpty else { return }
        isScheduled = true
        let bound = LoopBound(self, loop: loop)
        // A timer rather than a job: the loop first takes what its sockets have.
        loop.schedule(after: .zero) { bound.value.serve() }
    }

    /// Begins with the next event that somebody listens to; nil when none is waiting.
    private func beginRun() -> EventRun? {
        while !waiting.isEmpty {
            let envelope = waiting.removeFirst()
            recent.append(envelope)
            follow(envelope, before: true, only: nil)
            if let topic = topics[envelope.topic] {
                let run = EventRun(envelope, topic: topic)
                current = run
                return run
            }
            follow(envelope, before: false, only: nil)
        }
        // The slice still holds what has been taken from it.
        waiting = []
        return nil
    }

    /// Lets the events that follow for the same topic join, up to one that changes who listens.
    private func extend(_ run: EventRun) {
        guard let first = run.envelopes.first, SubscriptionChange.changes(of: first).isEmpty else { return }
        // A topic that everybody has left is given up, even in the middle of a run; who comes then listens to a new one.
        guard topics[run.topic.id] === run.topic else { return }
        let joining = waiting.prefix(EventRun.limit - run.envelopes.count).prefix {
            $0.topic == run.topic.id && SubscriptionChange.changes(of: $0).isEmpty
        }
        for envelope in joining {
            recent.append(envelope)
            run.append(envelope)
        }
        waiting.removeFirst(joining.count)
    }

    private func end(_ run: EventRun) {
        current = nil
        for envelope in run.envelopes { follow(envelope, before: false, only: nil) }
    }

    /// Begins with the next batch that somebody listens to; nil when none is waiting, or the budget is used up.
    private func beginFleetingRun(_ budget: inout Int) -> FleetingRun? {
        while budget > 0, let batch = fleeting.takeFirst() {
            if let topic = topics[batch.topic] {
                fleetingRuns &+= 1
                let run = FleetingRun(batch, topic: topic, number: fleetingRuns)
                currentFleeting = run
                return run
            }
            batch.finish()
            budget -= 1
        }
        return nil
    }

    private func end(_ run: FleetingRun) {
        currentFleeting = nil
        run.batch.finish()
    }

    // MARK: Memberships

    /// Follows what an event changes about who listens: new members before it is handed out, former members after it.
    private func follow(_ envelope: Envelope, before: Bool, only: Subscription?) {
        for change in SubscriptionChange.changes(of: envelope) where change.comesBeforeDelivery == before {
            let candidates = only.map { change.account ?? $0.account == $0.account ? [$0] : [] } ?? subscriptions(changedBy: change)
            // A subscriber whose snapshot is younger than the event knows it already; what has happened since must not be undone.
            for subscription in candidates
            where envelope.event.id > subscription.position || !before && envelope.event.id == subscription.position {
                apply(change, to: subscription)
            }
        }
    }

    private func subscriptions(changedBy change: SubscriptionChange) -> [Subscription] {
        if case .close(let topic) = change { return topics[topic]?.subscriptions ?? [] }
        return change.account.flatMap { byAccount[$0] } ?? []
    }

    private func apply(_ change: SubscriptionChange, to subscription: Subscription) {
        switch change {
        case .join(_, let topic): join(subscription, topic)
        case .leave(_, let id), .close(let id):
            if let topic = topics[id] { leave(subscription, topic) }
        case .endSession(_, let session):
            if session == nil || subscription.session == session { subscription.subscriber.sessionEnded() }
        }
    }
}
