public import Community
public import Storage

/// One committed event on its way to the sockets: shared by all loops, encoded at most once per encoder.
public final class Envelope: Sendable {
    /// The event as the log holds it.
    public let event: Event
    /// What happened, with the full objects.
    public let content: CommunityEvent

    private let encoded = EncodedForms<EncodedEvent?>()

    /// Wraps an event with its objects; nil when the event carries nothing that sockets could be told.
    public init?(_ event: Event) {
        guard let content = event.live as? CommunityEvent else { return nil }
        self.event = event
        self.content = content
    }

    /// The topic whose subscribers get the event.
    public var topic: TopicID { TopicID(scope: event.scope, id: event.scopeID) }

    /// The event in the form of one dialect, nil when the dialect does not show it. The first caller encodes, the others share the bytes.
    public func encoded(by encoder: any EventEncoder) -> EncodedEvent? {
        encoded.form(by: encoder) { encoder.encode(self) }
    }
}

/// A set of events that sockets subscribe to: everything about one space, one channel or one account.
public struct TopicID: Hashable, Sendable {
    /// What kind of object the topic is about.
    public let scope: EventScope
    /// The object's id.
    public let id: Int64

    /// The topic of one object.
    public init(scope: EventScope, id: Int64) {
        self.scope = scope
        self.id = id
    }

    /// The topic of what happens in one place.
    public init(_ source: EventSource) {
        self.init(scope: source.scope, id: source.id)
    }
}
