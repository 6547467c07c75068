/// A change that happened, with the full objects: the `live` payload of an event.
///
/// What concerns a channel has the scope of the channel's audience (`Channel.source`): the space, the channel, or the direct channel.
public enum CommunityEvent: Sendable {
    /// Somebody said something.
    case messageCreated(Message, in: Channel)
    /// Somebody has changed what was said.
    case messageUpdated(Message)
    /// A message is gone.
    case messageDeleted(MessageID, ChannelID, SpaceID?)
    /// There is a new channel.
    case channelCreated(Channel)
    /// A channel has another name, topic or position.
    case channelUpdated(Channel)
    /// A channel is gone; the object is what it was.
    case channelDeleted(Channel)
    /// Somebody sees a channel who did not before. Scope: the account.
    case channelShown(Channel, to: AccountID)
    /// Somebody still sees a channel that not everybody in its space sees any more: its events have a place of their own from now on. Nothing that
    /// is shown changes. Scope: the account.
    case channelNarrowed(Channel, for: AccountID)
    /// Somebody does not see a channel any more, or one that not everybody saw is gone. Scope: the account.
    case channelHidden(Channel, from: AccountID, ChannelLoss)
    /// Somebody is a member now. `detail` is what the new member sees. Scope: the space.
    case memberAdded(Member, memberCount: Int, detail: SpaceDetail)
    /// A member has another role or nickname. Scope: the space.
    case memberUpdated(Member)
    /// Somebody is no member any more: for those who remain. Scope: the space.
    case memberRemoved(SpaceRemoval)
    /// The same for the one who was removed. Scope: the account.
    case removedFromSpace(SpaceRemoval)
    /// A space has another name, description, picture or owner. Scope: the space.
    case spaceUpdated(Space)
    /// A space is gone. Scope: the space.
    case spaceDeleted(SpaceID)
    /// Somebody is a member of a channel with membership access now. Scope: the channel.
    case channelMemberAdded(ChannelMembership)
    /// Somebody is no member of such a channel any more. Scope: the channel.
    case channelMemberRemoved(ChannelID, SpaceID?, AccountID)
    /// A login has ended; nil means all logins of the account. Scope: the account.
    case sessionEnded(AccountID, SessionID?)
    /// An account shows itself in another way: its names, picture, words, or the status it has chosen. Scope: the account.
    case accountUpdated(Account)
    /// Somebody is invited to a channel. Scope: the recipient's account.
    case channelInvited(ChannelInvite)
    /// There is a new profile. Scope: the profile.
    case profileCreated(Profile)
    /// A profile has another archive. Scope: the profile.
    case profileUpdated(Profile)
    /// A profile is gone. Scope: the profile.
    case profileDeleted(ProfileID, ProfileCode)
    /// The server says something else of itself. Scope: the registry, as of all that follow.
    case serverUpdated(RegistryServer)
    /// A world is new, another, or gone.
    case worldChanged(World, RegistryAction)
    /// A service is new, another, or gone.
    case serviceChanged(RegistryService, RegistryAction)
    /// An instance is new, another, or gone.
    case instanceChanged(Instance, RegistryAction)
    /// Somebody asks to come into an instance, or something has become of it.
    case candidateChanged(CandidateChange)
    /// The queue of an instance is another.
    case queueChanged(InstanceQueue)
}

/// Why somebody does not see a channel any more.
public enum ChannelLoss: String, Sendable {
    /// Left it.
    case left
    /// Was removed from it by somebody else.
    case removed
    /// It is gone.
    case deleted
    /// Left its space.
    case leftSpace = "left_space"
    /// Was removed from its space.
    case removedFromSpace = "removed_from_space"
    /// Roles or rules show it to others only.
    case rules
}

/// Who is no member of a space any more, and why.
public struct SpaceRemoval: Sendable {
    /// The space, which may be gone itself.
    public var spaceID: SpaceID
    /// Who was removed.
    public var account: Account
    /// Why.
    public var reason: MemberRemovalReason
    /// How many members are left.
    public var memberCount: Int
    /// The channels of the space with an audience of their own, to which nobody listens who is no member.
    public var closedChannels: [ChannelID]

    /// A removal with all its parts.
    public init(spaceID: SpaceID, account: Account, reason: MemberRemovalReason, memberCount: Int, closedChannels: [ChannelID] = []) {
        self.spaceID = spaceID
        self.account = account
        self.reason = reason
        self.memberCount = memberCount
        self.closedChannels = closedChannels
    }
}

/// What happened, as the event log holds it. The numbers stand in the database and never change.
public enum EventKind: Int64, Sendable {
    /// Subject: the message; data: its channel.
    case messageCreated = 1
    /// Subject: the message; data: its channel.
    case messageUpdated = 2
    /// Subject: the message; data: its channel. The numbers up to 9 are for what will belong to messages.
    case messageDeleted = 3
    /// Subject: the channel.
    case channelCreated = 10
    /// Subject: the channel.
    case channelUpdated = 11
    /// Subject: the channel; data: the channel as it was.
    case channelDeleted = 12
    /// Subject: the channel.
    case channelShown = 13
    /// Subject: the channel; data: the channel as it was and why.
    case channelHidden = 14
    /// Subject: the channel.
    case channelNarrowed = 15
    /// Subject: the account.
    case memberAdded = 20
    /// Subject: the account; data: the reason.
    case memberRemoved = 21
    /// Subject: the account.
    case memberUpdated = 22
    /// Subject: the space; data: the reason.
    case removedFromSpace = 23
    /// Subject: the space.
    case spaceUpdated = 25
    /// Subject: the space.
    case spaceDeleted = 26
    /// Subject: the account.
    case channelMemberAdded = 30
    /// Subject: the account.
    case channelMemberRemoved = 31
    /// Subject: the login, 0 for all.
    case sessionEnded = 40
    /// Subject: the account.
    case accountUpdated = 41
    /// Subject: the invite.
    case channelInvited = 42
    /// Subject: the profile.
    case profileCreated = 50
    /// Subject: the profile.
    case profileUpdated = 51
    /// Subject: the profile; data: its code.
    case profileDeleted = 52
    /// Subject: 0.
    case serverUpdated = 60
    /// Subject: the world.
    case worldCreated = 61
    /// Subject: the world.
    case worldUpdated = 62
    /// Subject: the world; data: the world as it was.
    case worldDeleted = 63
    /// Subject: the service.
    case serviceCreated = 64
    /// Subject: the service.
    case serviceUpdated = 65
    /// Subject: the service; data: the service as it was.
    case serviceDeleted = 66
    /// Subject: the instance.
    case instanceCreated = 67
    /// Subject: the instance.
    case instanceUpdated = 68
    /// Subject: the instance; data: the instance as it was.
    case instanceDeleted = 69
    /// Subject: the candidate; data: the candidate and the instance as they were.
    case candidateChanged = 70
    /// Subject: the instance.
    case queueChanged = 71
}
