internal import Community
internal import Storage

/// A socket that receives events. Lives on one loop; the hub calls it there.
public protocol Subscriber: AnyObject {
    /// What the socket holds in the registry; a change of presence that came from there is not told to it.
    var place: SocketRegistry.Place? { get }

    /// Events for this socket, already encoded, one frame after the other. Logged ones come in rising order of event ids, each once.
    ///
    /// - Parameter isLarge: whether the frame may be longer than the queue of a client that reads well (`EncodedEvent.personalIsLarge`).
    func receive(_ frames: [UInt8], isLarge: Bool)

    /// Whether the subscriber looks at each logged event itself, with `receive(_:)`, instead of getting the frames that its encoder makes.
    var looksAtEvents: Bool { get }

    /// A logged event, for subscribers that look at each. In rising order of ids, each once.
    func receive(_ envelope: Envelope)

    /// The login has been ended, or the account is gone: close the socket.
    func sessionEnded()
}

extension Subscriber {
    /// No.
    public var looksAtEvents: Bool { false }
    /// Does nothing.
    public func receive(_ envelope: Envelope) {}
}

/// A subscriber's place in the hub: what it listens to and how far it has been served.
public final class Subscription {
    /// A place in the list of one topic.
    struct Seat {
        let topic: Topic
        var index: Int
    }

    let subscriber: any Subscriber
    /// `Subscriber.looksAtEvents`.
    let looksAtEvents: Bool
    /// Whose socket it is.
    let account: AccountID
    /// The login it belongs to; when that ends, the socket ends.
    let session: SessionID
    /// How events are turned into bytes for it.
    let encoder: any EventEncoder
    /// One for each topic. Empty when the subscriber has left.
    var seats: [Seat] = []
    /// The id of the last event that was delivered, or that the subscriber knows from its snapshot.
    public internal(set) var position: Int64
    /// Changes of presence up to this number are known to the subscriber (`PresenceBoard.position`).
    public var presencePosition: UInt64 = 0
    /// The run of fleeting events that has reached it last.
    var latestRun: UInt32 = 0

    init(subscriber: any Subscriber, account: AccountID, session: SessionID, encoder: any EventEncoder, position: Int64) {
        self.subscriber = subscriber
        looksAtEvents = subscriber.looksAtEvents
        self.account = account
        self.session = session
        self.encoder = encoder
        self.position = position
    }

    /// What it listens to.
    public var topics: [TopicID] { seats.map(\.topic.id) }

    /// Hands over one event, unless the subscriber has it already.
    func deliver(_ envelope: Envelope) {
        guard envelope.event.id > position else { return }
        position = envelope.event.id
        guard !looksAtEvents else { return subscriber.receive(envelope) }
        guard let encoded = envelope.encoded(by: encoder), let frame = encoded.frame(for: account) else { return }
        subscriber.receive(frame.bytes, isLarge: frame.isLarge)
    }
}
