public import Primitives

/// A channel of the home space as one of its members has it (DESIGN section 7, membership access).
public struct ChannelMembership: Sendable, Equatable {
    /// The channel.
    public var channel: Channel
    /// Whose membership it is.
    public var account: AccountID
    /// What the member may do there, out of `Permissions.ownedChannel`.
    public var permissions: Permissions
    /// Since when.
    public var joinedAt: Timestamp
    /// The message up to which the member has read; nil: none.
    public var lastReadID: MessageID?

    /// A membership with all its parts.
    public init(channel: Channel, account: AccountID, permissions: Permissions, joinedAt: Timestamp, lastReadID: MessageID? = nil) {
        self.channel = channel
        self.account = account
        self.permissions = permissions
        self.joinedAt = joinedAt
        self.lastReadID = lastReadID
    }
}

/// Somebody in a channel of the home space, as the list of its members shows it.
public struct ChannelMember: Sendable, Equatable {
    /// Who.
    public var author: Author
    /// What the member may do there.
    public var permissions: Permissions
    /// Since when.
    public var joinedAt: Timestamp

    /// A member with all parts.
    public init(author: Author, permissions: Permissions, joinedAt: Timestamp) {
        self.author = author
        self.permissions = permissions
        self.joinedAt = joinedAt
    }
}
