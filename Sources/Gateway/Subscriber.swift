public import Community

/// A socket that receives events. Lives on one loop; the hub calls it there.
public protocol Subscriber: AnyObject {
    /// Whose socket it is.
    var account: AccountID { get }
    /// The login it belongs to; when that ends, the socket ends.
    var session: SessionID { get }
    /// How events are turned into bytes for it.
    var encoder: any EventEncoder { get }

    /// An event for this socket, already encoded. Called in rising order of event ids, each once.
    func receive(_ bytes: [UInt8], of envelope: Envelope)

    /// The login has been ended, or the account is gone: close the socket.
    func sessionEnded()
}

/// A subscriber's place in the hub: what it listens to and how far it has been served.
public final class Subscription {
    /// A place in the list of one topic.
    final class Seat {
        unowned let subscription: Subscription
        let topic: Topic
        var index: Int

        init(subscription: Subscription, topic: Topic, index: Int) {
            self.subscription = subscription
            self.topic = topic
            self.index = index
        }
    }

    let subscriber: any Subscriber
    let account: AccountID
    var seats: [Seat] = []
    /// The id of the last event that was delivered, or that the subscriber knows from its snapshot.
    public internal(set) var position: Int64

    init(subscriber: any Subscriber, position: Int64) {
        self.subscriber = subscriber
        account = subscriber.account
        self.position = position
    }
}

/// The subscribers of one topic on one loop.
final class Topic {
    let id: TopicID
    private(set) var seats: [Subscription.Seat] = []

    init(id: TopicID) {
        self.id = id
    }

    func add(_ subscription: Subscription) {
        let seat = Subscription.Seat(subscription: subscription, topic: self, index: seats.count)
        seats.append(seat)
        subscription.seats.append(seat)
    }

    /// Fills the gap with the last seat: leaving costs the same in a topic of ten and of ten thousand.
    func remove(_ seat: Subscription.Seat) {
        let last = seats.removeLast()
        guard last !== seat else { return }
        seats[seat.index] = last
        last.index = seat.index
    }
}
