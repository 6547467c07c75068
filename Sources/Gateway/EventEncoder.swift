public import Community

/// An event as bytes that are ready to be written to a socket.
public struct EncodedEvent: Sendable {
    /// What everybody gets; nil when only those in `personal` get something.
    public let common: [UInt8]?
    /// What single accounts get instead, such as the person who has just been added to a server.
    public let personal: [AccountID: [UInt8]]
    /// Whether what single accounts get may be longer than the queue of a client that reads well.
    public let personalIsLarge: Bool

    /// An encoded event.
    public init(common: [UInt8]?, personal: [AccountID: [UInt8]] = [:], personalIsLarge: Bool = false) {
        self.common = common
        self.personal = personal
        self.personalIsLarge = personalIsLarge
    }

    /// The frame for one account, and whether it may be very long; nil when the account gets none.
    public func frame(for account: AccountID) -> (bytes: [UInt8], isLarge: Bool)? {
        if let own = personal[account] { return (own, personalIsLarge) }
        return common.map { ($0, false) }
    }
}

/// Turns events into one dialect's frames. A dialect has one for all of its sockets: called once per event, on any loop.
public protocol EventEncoder: AnyObject, Sendable {
    /// The event as frames, nil when the dialect has no form for it.
    func encode(_ envelope: Envelope) -> EncodedEvent?

    /// The fleeting event as a frame, nil when the dialect has no form for it.
    func encode(_ event: FleetingEvent) -> [UInt8]?
}
