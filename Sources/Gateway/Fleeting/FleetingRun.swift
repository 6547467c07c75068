/// A batch of fleeting events that is being handed out on one loop.
final class FleetingRun {
    let batch: FleetingBatch
    private let topic: Topic
    private let number: UInt32
    private var nextIndex: Int

    /// - Parameter number: another one than the runs before it had.
    init(_ batch: FleetingBatch, topic: Topic, number: UInt32) {
        self.batch = batch
        self.topic = topic
        self.number = number
        nextIndex = topic.subscriptions.count - 1
    }

    /// Whether every socket has got everything.
    var isServed: Bool { nextIndex < 0 }

    /// Serves as many sockets as the budget has, from the last one down: a place that is given up meanwhile is filled with one that has been
    /// served, which the number of the run tells, or has come after the batch.
    func serve(_ budget: inout Int) {
        while budget > 0, !isServed {
            nextIndex = min(nextIndex, topic.subscriptions.count - 1)
            if nextIndex >= 0 {
                let subscription = topic.subscriptions[nextIndex]
                nextIndex -= 1
                if subscription.latestRun != number {
                    subscription.latestRun = number
                    batch.deliver(to: subscription)
                }
            }
            budget -= 1
        }
    }
}
