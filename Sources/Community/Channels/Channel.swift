public import Primitives

/// What a channel is for. The numbers stand in the database.
public enum ChannelKind: Int64, Sendable {
    /// Text, in a space.
    case text = 0
    /// Text between few people, in no space.
    case direct = 1
    /// Speech, in a space. Nobody writes there.
    case voice = 2
    /// A heading over channels of a space. Nobody writes there.
    case category = 4

    /// Whether people write there. Those who know no others are not told of them.
    public var isConversation: Bool { self == .text || self == .direct }
}

/// How it is decided who may use a channel (DESIGN section 7). The numbers stand in the database.
public enum ChannelAccess: Int64, Sendable {
    /// Every member of the space, through roles and overrides.
    case open = 0
    /// Its own members, each with own permissions; anyone may join.
    case publicMembership = 1
    /// Its own members, each with own permissions; by invitation only.
    case privateMembership = 2
    /// Its participants, for ever.
    case direct = 3
}

/// A place for messages.
public struct Channel: Sendable, Equatable {
    /// The id.
    public var id: ChannelID
    /// The space it belongs to; nil for a direct channel.
    public var spaceID: SpaceID?
    /// Who owns a channel with membership access, or has opened a direct one; nil for open channels, which belong to their space.
    public var ownerID: AccountID?
    /// 1 to 100 characters; nil for a direct channel.
    public var name: String?
    /// What it is for.
    public var kind: ChannelKind
    /// How it is decided who may use it.
    public var access: ChannelAccess
    /// At most 1024 characters.
    public var topic: String?
    /// Its place in the list, from 0; channels of the same position stand in the order of their ids.
    public var position: Int
    /// The latest message of any kind, which may be gone.
    public var lastMessageID: MessageID?
    /// The latest one that somebody has written.
    public var lastTextMessageID: MessageID?
    /// Whether rules of its own have ever decided who sees an open channel: then its events concern those who see it, not the whole space. A channel
    /// keeps it, so that its events stay in one place of the log.
    public var hasOwnAudience: Bool
    /// When it was made.
    public var createdAt: Timestamp
    /// All participants of a direct channel, the reader among them; empty for others.
    public var recipients: [Account]

    /// Whether the channel has members of its own, each with own permissions: what Dawchat calls a channel.
    public var hasMembership: Bool { access == .publicMembership || access == .privateMembership }

    /// A channel with all its parts.
    public init(
        id: ChannelID, spaceID: SpaceID?, ownerID: AccountID? = nil, name: String?, kind: ChannelKind = .text,
        access: ChannelAccess = .open,
        topic: String? = nil, position: Int = 0, lastMessageID: MessageID? = nil, lastTextMessageID: MessageID? = nil,
        hasOwnAudience: Bool = false, createdAt: Timestamp, recipients: [Account] = []
    ) {
        self.id = id
        self.spaceID = spaceID
        self.ownerID = ownerID
        self.name = name
        self.kind = kind
        self.access = access
        self.topic = topic
        self.position = position
        self.lastMessageID = lastMessageID
        self.lastTextMessageID = lastTextMessageID
        self.hasOwnAudience = hasOwnAudience
        self.createdAt = createdAt
        self.recipients = recipients
    }
}
