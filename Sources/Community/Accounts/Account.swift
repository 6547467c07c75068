public import Primitives

/// What a person has chosen to show; whether somebody is there at all is the gateway's knowledge. The numbers stand in the database.
public enum PresenceStatus: Int64, Sendable {
    /// There.
    case online = 0
    /// There, but away from the keyboard.
    case idle = 1
    /// There, and not to be disturbed.
    case dnd = 2
    /// Looks offline to others.
    case invisible = 3
}

/// A person's account, for all dialects (DESIGN section 7). It never carries the password's hash.
public struct Account: Sendable, Equatable {
    /// The id.
    public var id: AccountID
    /// Unique ignoring case.
    public var username: String
    /// Shown instead of the username.
    public var displayName: String?
    /// The address of a picture.
    public var avatarURL: String?
    /// What the person says of itself.
    public var bio: String?
    /// Unique ignoring case; shown to the person only.
    public var email: String?
    /// What the person has chosen to show.
    public var status: PresenceStatus
    /// Whether the account administers the server.
    public var isAdministrator: Bool
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp

    /// An account with all its parts.
    public init(
        id: AccountID, username: String, displayName: String? = nil, avatarURL: String? = nil, bio: String? = nil, email: String? = nil,
        status: PresenceStatus = .online, isAdministrator: Bool = false, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.username = username
        self.displayName = displayName
        self.avatarURL = avatarURL
        self.bio = bio
        self.email = email
        self.status = status
        self.isAdministrator = isAdministrator
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// The part of an account that stands beside each of its messages.
public struct Author: Sendable, Equatable {
    /// The account.
    public var id: AccountID
    /// The account's username.
    public var username: String
    /// Shown instead of the username.
    public var displayName: String?
    /// The address of a picture.
    public var avatarURL: String?

    /// An author with all parts.
    public init(id: AccountID, username: String, displayName: String? = nil, avatarURL: String? = nil) {
        self.id = id
        self.username = username
        self.displayName = displayName
        self.avatarURL = avatarURL
    }

    /// That part of an account.
    public init(_ account: Account) {
        self.init(id: account.id, username: account.username, displayName: account.displayName, avatarURL: account.avatarURL)
    }
}
