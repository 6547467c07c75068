public import Primitives

/// The id of an invite to a channel.
public typealias ChannelInviteID = Identifier<ChannelInvite>

/// What has become of an invite to a channel. The numbers stand in the database.
enum ChannelInviteStatus: Int64 {
    /// Waits for its recipient.
    case pending = 0
    /// The recipient has joined by it.
    case accepted = 1
    /// The recipient has refused it.
    case denied = 2
    /// It was taken back.
    case revoked = 3
    /// The recipient has joined without it, or the channel is gone.
    case expired = 4
}

/// A pending invite of one person to a channel of the home space (contracts/dawchat.md 2).
public struct ChannelInvite: Sendable, Equatable {
    /// The id.
    public var id: ChannelInviteID
    /// Where it leads.
    public var channel: Channel
    /// Who has made it.
    public var sender: Author
    /// Who may use it.
    public var recipient: Author
    /// What the recipient will be able to do there.
    public var permissions: Permissions
    /// When it was made.
    public var createdAt: Timestamp

    /// An invite with all its parts.
    public init(
        id: ChannelInviteID, channel: Channel, sender: Author, recipient: Author, permissions: Permissions, createdAt: Timestamp
    ) {
        self.id = id
        self.channel = channel
        self.sender = sender
        self.recipient = recipient
        self.permissions = permissions
        self.createdAt = createdAt
    }
}
