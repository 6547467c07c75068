/// A change that happened, with the full objects: the `live` payload of an event.
public enum CommunityEvent: Sendable {
    /// Somebody said something. Scope: the space for an open channel, the channel for others.
    case messageCreated(Message)
    /// There is a new channel. Scope: the space for an open channel, the channel for others.
    case channelCreated(Channel)
    /// Somebody is a member now. `detail` is what the new member sees. Scope: the space.
    case memberAdded(Member, memberCount: Int, detail: SpaceDetail)
    /// Somebody is no member any more. Scope: the space.
    case memberRemoved(SpaceID, account: Account, reason: MemberRemovalReason, memberCount: Int)
    /// Somebody is a member of a channel with membership access now. Scope: the channel.
    case channelMemberAdded(ChannelID, SpaceID?, AccountID)
    /// Somebody is no member of such a channel any more. Scope: the channel.
    case channelMemberRemoved(ChannelID, SpaceID?, AccountID)
    /// A login has ended; nil means all logins of the account. Scope: the account.
    case sessionEnded(AccountID, SessionID?)
}

/// What happened, as the event log holds it. The numbers stand in the database and never change.
public enum EventKind: Int64, Sendable {
    /// Subject: the message; data: its channel.
    case messageCreated = 1
    /// Subject: the channel.
    case channelCreated = 10
    /// Subject: the account.
    case memberAdded = 20
    /// Subject: the account; data: the reason.
    case memberRemoved = 21
    /// Subject: the account.
    case channelMemberAdded = 30
    /// Subject: the account.
    case channelMemberRemoved = 31
    /// Subject: the login, 0 for all.
    case sessionEnded = 40
}
