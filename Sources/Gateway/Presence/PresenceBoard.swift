public import Community
internal import Primitives
public import Reactor
public import Storage

/// Who is there, on this node, for everybody who asks; and tells others when that changes (contracts/chat.md 5.5).
///
/// Presence is told in batches, at most one a second and none while nothing changes. Whom to tell is read from the database at that moment, so that
/// nobody hears of somebody with whom no space and no direct channel is shared any more.
public final class PresenceBoard: Sendable {
    /// Reads whom the presence of the accounts concerns.
    public typealias Audiences = @Sendable ([AccountID]) async throws -> [AccountID: PresenceAudience]

    /// People whose audience is read at a time.
    static let pageSize = 256

    private struct State {
        var presence: PresenceState
        /// When the timer will fire.
        var plannedFor: MonotonicInstant?
        var isTelling = false
        var isStopped = false

        /// Whether the timer has to be set anew.
        mutating func plan() -> Bool {
            guard !isTelling, !isStopped, let due = presence.nextDue, plannedFor.map({ due < $0 }) ?? true else { return false }
            plannedFor = due
            return true
        }
    }

    private final class Timer {
        var token: TimerToken?
    }

    private let hub: Hub
    private let settings: PresenceSettings
    private let audiences: Audiences
    private let reportFailure: @Sendable (any Error) -> Void
    private let state: Mutex<State>
    private let timer: LoopBound<Timer>
    private let delivery = FleetingDelivery()

    /// - Parameters:
    ///   - hub: brings what is told to the sockets.
    ///   - loop: where the work is done.
    ///   - audiences: reads whom to tell, such as `Community.presenceAudiences`.
    ///   - reportFailure: hears why that failed; it is tried again a second later.
    public init(
        hub: Hub, loop: EventLoop, settings: PresenceSettings = PresenceSettings(), audiences: @escaping Audiences,
        reportFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.hub = hub
        self.settings = settings
        self.audiences = audiences
        self.reportFailure = reportFailure
        state = Mutex(State(presence: PresenceState(settings)))
        timer = LoopBound(Timer(), loop: loop)
    }

    // MARK: What happens

    /// A socket of the account is served from now on: call it right before the socket is attached to the hub, on its loop.
    public func enter(_ account: Account, through place: SocketRegistry.Place) {
        change { $0.enter(account, through: place) }
    }

    /// A socket that entered has ended. On its loop.
    ///
    /// - Parameter topics: what it listened to.
    public func leave(_ account: AccountID, _ departure: Departure, topics: [TopicID], at now: MonotonicInstant) {
        let shared = topics.filter(\.isShared)
        change { $0.leave(account, departure, topics: shared, at: now) }
    }

    /// A socket is about to choose a status for its account: its other sockets are told, it is not.
    public func willChoose(_ status: PresenceStatus, for account: AccountID, through place: SocketRegistry.Place) {
        change { $0.willChoose(status, for: account, through: place) }
    }

    /// Follows what committed events change about people. Called in the order of the events, before the hub hands them out.
    public func follow(_ events: [Event]) {
        // What concerns one account: messages, which are nearly all there is, cost nothing here.
        for envelope in events.lazy.filter({ $0.scope == .account }).compactMap({ Envelope($0) }) {
            if case .accountUpdated(let account) = envelope.content { change { $0.update(account) } }
            for case .leave(let account, let topic) in SubscriptionChange.changes(of: envelope) where topic.isShared {
                change { $0.hide(account, from: topic) }
            }
        }
    }

    /// Tells nobody anything any more: the server is going down, and whoever is there will be back.
    public func stop() {
        state.withLock { $0.isStopped = true }
    }

    // MARK: What is asked

    /// What others see of an account.
    public func status(of account: Account) -> UserStatus {
        UserStatus(chosen: account.status, isPresent: state.withLock { $0.presence.isPresent(account.id) })
    }

    /// The number of the latest change of anybody.
    public var position: UInt64 { state.withLock { $0.presence.position } }

    /// Whether a change after `position` may have been told: whoever was not attached to the hub by then has missed it.
    public func hasTold(after position: UInt64) -> Bool {
        state.withLock { $0.presence.toldThrough > position }
    }

    /// People who are there and share one of the topics.
    ///
    /// - Parameter limit: people that are named at most.
    public func people(in topics: [TopicID], limit: Int) async -> Set<AccountID> {
        let shared = topics.filter(\.isShared)
        // Before and after, because people come and go meanwhile.
        var found = state.withLock { $0.presence.leaving(in: shared, limit: limit) }
        found.formUnion(await hub.accounts(in: shared, limit: limit))
        found.formUnion(state.withLock { $0.presence.leaving(in: shared, limit: limit) })
        return found
    }

    /// How the people are shown now, without those who look offline: for a socket that is attached to the hub in the same moment.
    public func show(_ people: [AccountID], limit: Int) -> [PresenceChange] {
        state.withLock { Array($0.presence.show(people).prefix(limit)) }
    }

    // MARK: Telling

    private func change(_ body: (inout PresenceState) -> Void) {
        let isPlanned = state.withLock { state in
            body(&state.presence)
            return state.plan()
        }
        if isPlanned { timer.loop.execute { [self] in setTimer() } }
    }

    private func setTimer() {
        guard let due = state.withLock({ $0.plannedFor }) else { return }
        if let token = timer.value.token { timer.loop.cancel(token) }
        timer.value.token = timer.loop.schedule(after: due - timer.loop.now) { [self] in beginTelling() }
    }

    private func beginTelling() {
        timer.value.token = nil
        let now = timer.loop.now
        let count = state.withLock { state in
            state.plannedFor = nil
            guard !state.isStopped else { return 0 }
            state.isTelling = true
            return state.presence.beginTelling(at: now)
        }
        timer.loop.start { [self] in
            await tell(count)
            let isPlanned = state.withLock { state in
                state.isTelling = false
                return state.plan()
            }
            if isPlanned { setTimer() }
        }
    }

    /// Tells of the first `count` people in the row, as far as the budget goes.
    private func tell(_ count: Int) async {
        // Loops that are still busy with the last time get no more; only the latest status will be told.
        guard delivery.isFinished else { return }
        var budget = settings.deliveries
        for start in stride(from: 0, to: count, by: Self.pageSize) {
            let accounts = state.withLock { $0.presence.take(min(count - start, Self.pageSize)) }
            do {
                let audiences = accounts.isEmpty ? [:] : try await audiences(accounts)
                guard settle(accounts, audiences, &budget) else { return }
            } catch {
                state.withLock { $0.presence.putBack(accounts) }
                return reportFailure(error)
            }
        }
    }

    /// - Returns: whether there is more to tell this time.
    private func settle(_ accounts: [AccountID], _ audiences: [AccountID: PresenceAudience], _ budget: inout Int) -> Bool {
        let left = budget
        let (tellings, isExhausted, remaining, isStopped) = state.withLock { state in
            var budget = left
            let (tellings, isExhausted) = state.presence.settle(accounts, audiences, budget: &budget)
            return (tellings, isExhausted, budget, state.isStopped)
        }
        budget = remaining
        guard !isStopped else { return false }
        let batches = PresenceBatches(tellings, delivery: delivery).batches
        delivery.begin(batches.count * hub.shardCount)
        hub.tell(batches)
        return !isExhausted
    }
}

extension TopicID {
    /// Whether its subscribers see each other's presence.
    fileprivate var isShared: Bool { scope == .space || scope == .direct }
}
