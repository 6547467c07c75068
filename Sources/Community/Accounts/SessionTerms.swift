public import Primitives

/// What a login is used for. The numbers stand in the database.
public enum SessionKind: Int64, Sendable {
    /// An access token and a refresh token that rotates.
    case refresh = 1
    /// One token for the whole login, such as the value of a cookie.
    case cookie = 2
    /// One token for a login of the Cosmos API.
    case cosmos = 3
    /// An access token and a refresh token that rotates, of the Gale API.
    case profiles = 4
    /// One token for a login of the Reileta API.
    case registry = 5
    /// One token for somebody for whom another Reileta server vouches.
    case integrity = 6
}

/// What a login is used for, how long it lasts, and how many an account may have.
public struct SessionTerms: Sendable, Equatable {
    /// What it is used for.
    public var kind: SessionKind
    /// How long it lasts, or may go without being refreshed, in seconds.
    public var lifetime: Int64
    /// Logins of this kind that one account has; the one unused for longest makes room.
    public var limit: Int

    /// Terms of a login.
    public init(kind: SessionKind, lifetime: Int64, limit: Int) {
        self.kind = kind
        self.lifetime = lifetime
        self.limit = limit
    }
}

/// A login as its owner, or the operator, may look at it.
public struct SessionSummary: Sendable, Equatable {
    /// The id, by which it is ended.
    public var id: SessionID
    /// What it is used for.
    public var kind: SessionKind
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was used last, exact to five minutes.
    public var lastUsedAt: Timestamp
    /// When it ends.
    public var expiresAt: Timestamp

    /// A summary with all its parts.
    public init(id: SessionID, kind: SessionKind, createdAt: Timestamp, lastUsedAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.kind = kind
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

/// A login that a request has shown to be good.
public struct ActiveSession: Sendable, Equatable {
    /// Who is logged in.
    public var account: Account
    /// The login.
    public var id: SessionID
    /// When it ends.
    public var expiresAt: Timestamp
    /// Whether its last use was noted so long ago that this one should be: `Community.noteUse`.
    public var isUseDue: Bool
    /// The galaxies that it is limited to, by the ids that Cosmos knows them by; nil: no limit.
    public var galaxies: [String]?

    /// A login with all its parts.
    public init(account: Account, id: SessionID, expiresAt: Timestamp, isUseDue: Bool, galaxies: [String]? = nil) {
        self.account = account
        self.id = id
        self.expiresAt = expiresAt
        self.isUseDue = isUseDue
        self.galaxies = galaxies
    }
}
