public import Primitives

/// What kind of object an event is about. The numbers stand in the database and never change.
public enum EventScope: Int64, Sendable {
    /// Concerns one account only.
    case account = 1
    /// Concerns everybody in a space.
    case space = 2
    /// Concerns the members of one channel.
    case channel = 3
    /// Concerns the participants of one direct channel.
    case direct = 4
    /// Concerns whoever looks at one shared profile.
    case profile = 5
    /// Concerns whoever looks at the registry of worlds.
    case registry = 6
}

/// An event that a transaction adds to the log.
public struct EventDraft: Sendable {
    /// Whom it concerns.
    public var scope: EventScope
    /// The id of the scope's object.
    public var scopeID: Int64
    /// What happened: a number that the domain gives a meaning.
    public var kind: Int64
    /// The object it happened to.
    public var subjectID: Int64
    /// What cannot be found again from the object, in the domain's own form.
    public var data: String?
    /// The full object, for the sockets that are there now. It is never stored.
    public var live: (any Sendable)?

    /// An event about a subject.
    public init(scope: EventScope, scopeID: Int64, kind: Int64, subjectID: Int64, data: String? = nil, live: (any Sendable)? = nil) {
        self.scope = scope
        self.scopeID = scopeID
        self.kind = kind
        self.subjectID = subjectID
        self.data = data
        self.live = live
    }
}

/// An event of the log (DESIGN section 6). It refers to its object rather than copying it.
public struct Event: Sendable {
    /// Strictly rising in the order of commits.
    public var id: Int64
    /// Whom it concerns.
    public var scope: EventScope
    /// The id of the scope's object.
    public var scopeID: Int64
    /// What happened.
    public var kind: Int64
    /// The object it happened to.
    public var subjectID: Int64
    /// What cannot be found again from the object.
    public var data: String?
    /// When.
    public var createdAt: Timestamp
    /// The full object: after a commit, or when a reader of the log has filled it in.
    public var live: (any Sendable)?

    /// An event with all its parts.
    public init(
        id: Int64, scope: EventScope, scopeID: Int64, kind: Int64, subjectID: Int64, data: String? = nil, createdAt: Timestamp,
        live: (any Sendable)? = nil
    ) {
        self.id = id
        self.scope = scope
        self.scopeID = scopeID
        self.kind = kind
        self.subjectID = subjectID
        self.data = data
        self.createdAt = createdAt
        self.live = live
    }
}
