public import Storage

/// A stream of events that an account can see: its own, a space's, or a channel's.
public struct EventSource: Hashable, Sendable {
    /// What kind of object the events are about.
    public var scope: EventScope
    /// The object's id.
    public var id: Int64

    /// The events of one object.
    public init(scope: EventScope, id: Int64) {
        self.scope = scope
        self.id = id
    }
}

/// Everything an account sees at one moment, read in one state of the database, and the place in the event log that belongs to it.
public struct Snapshot: Sendable {
    /// Whose it is.
    public var account: Account
    /// The spaces by the time of joining, with the channels the account sees.
    public var spaces: [(space: Space, channels: [Channel])]
    /// The direct channels, those with the latest activity first.
    public var directChannels: [Channel]
    /// The id of the latest event: all before it are in the snapshot, all after it are not.
    public var position: Int64
    /// Where the events that follow come from.
    public var sources: [EventSource]

    /// A snapshot with all its parts.
    public init(
        account: Account, spaces: [(space: Space, channels: [Channel])], directChannels: [Channel], position: Int64, sources: [EventSource]
    ) {
        self.account = account
        self.spaces = spaces
        self.directChannels = directChannels
        self.position = position
        self.sources = sources
    }
}

/// What an account can see at one moment, without the objects: what resuming needs.
public struct GatewayView: Sendable, Equatable {
    /// Where the account's events come from.
    public var sources: [EventSource]
    /// The id of the latest event.
    public var position: Int64
    /// Events up to this id may be gone from the log.
    public var prunedThrough: Int64

    /// A view with all its parts.
    public init(sources: [EventSource], position: Int64, prunedThrough: Int64) {
        self.sources = sources
        self.position = position
        self.prunedThrough = prunedThrough
    }
}

/// Where in the event log a message was made.
public enum MessagePosition: Sendable, Equatable {
    /// With this event.
    case event(Int64)
    /// Before all that the log still holds.
    case forgotten
    /// Nowhere: it is no message.
    case unknown

    /// Events that are looked through: more than any group of transactions writes between the number of a message and that of its event.
    static let reach: Int64 = 16_384
}

/// A part of what an account has missed.
public struct MissedEvents: Sendable {
    /// In the order of their ids, each with its objects as they are now.
    public var events: [Event]
    /// Everything up to this id has been looked at: where the next page begins.
    public var through: Int64

    /// A part of the events.
    public init(events: [Event], through: Int64) {
        self.events = events
        self.through = through
    }
}
