public import Primitives

/// Something that happened in a galaxy, with the objects as Cosmos shows them to one viewer: for outgoing webhooks.
public struct SpaceEvent: Sendable {
    /// What happened.
    public enum Content: Sendable {
        /// It has another name, description, picture, owner or flags.
        case galaxyUpdated(Galaxy)
        /// It is gone.
        case galaxyDeleted
        /// There is a channel.
        case channelCreated(GalaxyChannel)
        /// A channel is another.
        case channelUpdated(GalaxyChannel)
        /// A channel was made, or else changed, that is gone by now.
        case channelGone(isNew: Bool)
        /// A channel is gone.
        case channelDeleted(Channel)
        /// Somebody said something.
        case messageCreated(Message)
        /// Somebody has changed what was said.
        case messageUpdated(Message)
        /// A message was written, or else changed, that is gone by now.
        case messageGone(MessageID, isNew: Bool)
        /// A message is gone.
        case messageDeleted(MessageID)
        /// Somebody is a member.
        case memberJoined(GalaxyMember)
        /// A member has other roles.
        case memberUpdated(GalaxyMember)
        /// Somebody became a member, or else has other roles, who is none by now: as Cosmos knows it.
        case memberGone(String, isNew: Bool)
        /// Somebody is no member any more: as Cosmos knows it.
        case memberLeft(String)
    }

    /// The place in the log.
    public var id: Int64
    /// When.
    public var createdAt: Timestamp
    /// The galaxy's id on the wire.
    public var galaxyID: String
    /// The channel's id on the wire, of what concerns a channel.
    public var channelID: String?
    /// Who said what was said, as Cosmos knows the account; nil for what a webhook said, and for what is no message.
    public var authorID: String?
    /// What happened.
    public var content: Content
}

/// A part of what happened in a galaxy.
public struct SpaceEvents: Sendable {
    /// In the order of the log; what the viewer may not see is left out.
    public var events: [SpaceEvent]
    /// Everything up to this id has been looked at.
    public var through: Int64
    /// Whether the viewer may have webhooks there now.
    public var mayManageWebhooks: Bool
    /// Whether there was nothing behind it when it was looked at.
    public var isLast: Bool
    /// Whether the log began after the position that was asked for: something may be missing.
    public var isCut: Bool
}

/// Where something has happened.
public struct EventPlaces: Sendable {
    /// Spaces in which something has happened.
    public var spaces: Set<SpaceID> = []
    /// Whether so much has happened that it may have been anywhere.
    public var isEverywhere = false
    /// Everything up to this id has been looked at.
    public var through: Int64
}
