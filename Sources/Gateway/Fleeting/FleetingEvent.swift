public import Community
public import Primitives

/// What whoever is there is told, and nobody is told later: it is in no log and has no place in the order of events.
public enum FleetingEvent: Sendable {
    /// Somebody is shown in another way.
    case presence(PresenceChange)
    /// Somebody has begun to type.
    case typing(Typist, at: Timestamp)

    /// Whether the event is news for a subscriber.
    func concerns(_ subscription: Subscription) -> Bool {
        switch self {
        case .presence(let change):
            change.number > subscription.presencePosition && (change.cause == nil || change.cause != subscription.subscriber.place)
        case .typing(let typist, _):
            typist.author.id != subscription.account
        }
    }
}

/// A fleeting event on its way to the sockets: shared by all loops, encoded at most once per encoder.
final class FleetingEnvelope: Sendable {
    let event: FleetingEvent
    private let frames = EncodedForms<[UInt8]?>()

    init(_ event: FleetingEvent) {
        self.event = event
    }

    func frame(by encoder: any EventEncoder) -> [UInt8]? {
        frames.form(by: encoder) { encoder.encode(event) }
    }
}
