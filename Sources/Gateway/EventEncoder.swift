public import Community

/// Names a dialect inside the hub.
public struct DialectID: Hashable, Sendable {
    /// A short name such as `chat`.
    public let name: String

    /// A dialect of that name.
    public init(_ name: String) {
        self.name = name
    }
}

/// An event as bytes that are ready to be written to a socket.
public struct EncodedEvent: Sendable {
    /// What everybody gets; nil when only those in `personal` get something.
    public let common: [UInt8]?
    /// What single accounts get instead, such as the person who has just been added to a server.
    public let personal: [AccountID: [UInt8]]

    /// An encoded event.
    public init(common: [UInt8]?, personal: [AccountID: [UInt8]] = [:]) {
        self.common = common
        self.personal = personal
    }

    /// The bytes for one account.
    public func bytes(for account: AccountID) -> [UInt8]? {
        personal.isEmpty ? common : personal[account] ?? common
    }
}

/// Turns events into one dialect's frames. Called once per event and dialect, on any loop.
public protocol EventEncoder: Sendable {
    /// The dialect; events are encoded once for each.
    var dialect: DialectID { get }

    /// The event as frames, nil when the dialect has no form for it.
    func encode(_ envelope: Envelope) -> EncodedEvent?
}
