internal import Community
internal import Gateway

/// Turns events into frames of the socket (contracts/gale.md 10). A new profile is told of to nobody.
final class ProfileEventEncoder: EventEncoder {
    func encode(_ envelope: Envelope) -> EncodedEvent? {
        switch envelope.content {
        case .profileUpdated(let profile): EncodedEvent(common: ProfileFrame.updated(profile))
        case .profileDeleted(_, let code): EncodedEvent(common: ProfileFrame.deleted(code))
        default: nil
        }
    }

    func encode(_ event: FleetingEvent) -> [UInt8]? { nil }
}
