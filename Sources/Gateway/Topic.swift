/// The subscribers of one topic on one loop.
final class Topic {
    let id: TopicID
    private(set) var subscriptions: [Subscription] = []

    init(id: TopicID) {
        self.id = id
    }

    func add(_ subscription: Subscription) {
        subscription.seats.append(Subscription.Seat(topic: self, index: subscriptions.count))
        subscriptions.append(subscription)
    }

    /// Fills the gap with the last one: leaving costs the same in a topic of ten and of ten thousand.
    func remove(_ subscription: Subscription) {
        guard let seat = subscription.seats.firstIndex(where: { $0.topic === self }) else { return }
        let index = subscription.seats.remove(at: seat).index
        let last = subscriptions.removeLast()
        guard last !== subscription, let moved = last.seats.firstIndex(where: { $0.topic === self }) else { return }
        subscriptions[index] = last
        last.seats[moved].index = index
    }
}
