/// How presence is told (contracts/chat.md 5.5).
public struct PresenceSettings: Sendable {
    /// How long somebody is still shown after the last socket was closed in order.
    public var offlineAfter: Duration = .seconds(10)
    /// How long after the last socket was lost: its client may come back to it.
    public var offlineAfterLost: Duration = .seconds(30)
    /// The time from one telling to the next.
    var interval: Duration = .seconds(1)
    /// Deliveries of one telling; what is more waits for the next.
    var deliveries = 1_000_000
    /// People told of in one telling, whoever hears it: some 300 KiB for a socket, which is well below what may wait for it.
    var people = 2_000

    /// The defaults of the contract.
    public init() {}
}

/// How somebody's socket ended.
public enum Departure: Sendable {
    /// In order: nobody comes back for it.
    case closed
    /// The line broke, or the client means to come back.
    case lost
}
