internal import Storage

extension Channel {
    /// Whom the events of a channel concern: everybody in the space, those who see it, or its participants.
    public var source: EventSource {
        switch access {
        case .open:
            guard !hasOwnAudience, let spaceID else { return EventSource(scope: .channel, id: id.rawValue) }
            return EventSource(scope: .space, id: spaceID.rawValue)
        case .publicMembership, .privateMembership: return EventSource(scope: .channel, id: id.rawValue)
        case .direct: return EventSource(scope: .direct, id: id.rawValue)
        }
    }
}

extension Profile {
    /// Whom the events of a profile concern: whoever looks at it.
    public var source: EventSource { EventSource(scope: .profile, id: id.rawValue) }
}

extension EventSource {
    static func account(_ id: AccountID) -> EventSource { EventSource(scope: .account, id: id.rawValue) }
    static func space(_ id: SpaceID) -> EventSource { EventSource(scope: .space, id: id.rawValue) }
    /// What happens in the registry of worlds: one stream, because a server has few of them.
    public static let registry = EventSource(scope: .registry, id: 0)
}

extension EventDraft {
    // MARK: Messages

    /// Somebody said something.
    static func messageCreated(_ message: Message, in channel: Channel) -> EventDraft {
        aboutMessage(.messageCreated(message, in: channel), .messageCreated, message.id, in: channel)
    }

    /// Somebody has changed what was said.
    static func messageUpdated(_ message: Message, in channel: Channel) -> EventDraft {
        aboutMessage(.messageUpdated(message), .messageUpdated, message.id, in: channel)
    }

    /// A message is gone.
    static func messageDeleted(_ id: MessageID, in channel: Channel) -> EventDraft {
        aboutMessage(.messageDeleted(id, channel.id, channel.spaceID), .messageDeleted, id, in: channel)
    }

    private static func aboutMessage(_ live: CommunityEvent, _ kind: EventKind, _ id: MessageID, in channel: Channel) -> EventDraft {
        EventDraft(live, kind, from: channel.source, subject: id.rawValue, data: String(channel.id.rawValue))
    }

    // MARK: Channels

    /// There is a new channel.
    static func channelCreated(_ channel: Channel) -> EventDraft {
        EventDraft(.channelCreated(channel), .channelCreated, from: channel.source, subject: channel.id.rawValue)
    }

    /// A channel has another name, topic or position.
    static func channelUpdated(_ channel: Channel) -> EventDraft {
        EventDraft(.channelUpdated(channel), .channelUpdated, from: channel.source, subject: channel.id.rawValue)
    }

    /// A channel is gone.
    static func channelDeleted(_ channel: Channel, externalID: String? = nil) -> EventDraft {
        EventDraft(
            .channelDeleted(channel), .channelDeleted, from: channel.source, subject: channel.id.rawValue,
            data: ChannelRecord.text(channel, externalID: externalID))
    }

    /// Somebody sees a channel who did not before.
    static func channelShown(_ channel: Channel, to account: AccountID) -> EventDraft {
        EventDraft(.channelShown(channel, to: account), .channelShown, from: .account(account), subject: channel.id.rawValue)
    }

    /// Somebody still sees a channel whose events have a place of their own from now on.
    static func channelNarrowed(_ channel: Channel, for account: AccountID) -> EventDraft {
        EventDraft(.channelNarrowed(channel, for: account), .channelNarrowed, from: .account(account), subject: channel.id.rawValue)
    }

    /// Somebody does not see a channel any more.
    static func channelHidden(
        _ channel: Channel, from account: AccountID, _ loss: ChannelLoss, externalID: String? = nil
    ) -> EventDraft {
        EventDraft(
            .channelHidden(channel, from: account, loss), .channelHidden, from: .account(account), subject: channel.id.rawValue,
            data: ChannelRecord.text(channel, loss: loss, externalID: externalID))
    }

    // MARK: Spaces and members

    /// Somebody is a member now, who sees `detail`.
    static func memberAdded(_ member: Member, detail: SpaceDetail) -> EventDraft {
        EventDraft(
            .memberAdded(member, memberCount: detail.space.memberCount, detail: detail), .memberAdded, from: .space(member.spaceID),
            subject: member.account.id.rawValue)
    }

    /// A member has another role or nickname.
    static func memberUpdated(_ member: Member) -> EventDraft {
        EventDraft(.memberUpdated(member), .memberUpdated, from: .space(member.spaceID), subject: member.account.id.rawValue)
    }

    /// Somebody is no member any more: for those who remain.
    static func memberRemoved(_ removal: SpaceRemoval) -> EventDraft {
        EventDraft(
            .memberRemoved(removal), .memberRemoved, from: .space(removal.spaceID), subject: removal.account.id.rawValue,
            data: removal.reason.rawValue)
    }

    /// The same for the one who was removed.
    static func removedFromSpace(_ removal: SpaceRemoval) -> EventDraft {
        EventDraft(
            .removedFromSpace(removal), .removedFromSpace, from: .account(removal.account.id), subject: removal.spaceID.rawValue,
            data: removal.reason.rawValue)
    }

    /// A space has another name, description, picture or owner.
    static func spaceUpdated(_ space: Space) -> EventDraft {
        EventDraft(.spaceUpdated(space), .spaceUpdated, from: .space(space.id), subject: space.id.rawValue)
    }

    /// A space is gone.
    static func spaceDeleted(_ id: SpaceID) -> EventDraft {
        EventDraft(.spaceDeleted(id), .spaceDeleted, from: .space(id), subject: id.rawValue)
    }

    /// Somebody is a member of a channel of its own members now.
    static func channelMemberAdded(_ membership: ChannelMembership) -> EventDraft {
        EventDraft(
            .channelMemberAdded(membership), .channelMemberAdded, from: membership.channel.source, subject: membership.account.rawValue)
    }

    /// Somebody is no member of such a channel any more.
    static func channelMemberRemoved(_ account: AccountID, from channel: Channel) -> EventDraft {
        EventDraft(
            .channelMemberRemoved(channel.id, channel.spaceID, account), .channelMemberRemoved, from: channel.source,
            subject: account.rawValue)
    }

    // MARK: Accounts

    /// A login has ended; nil: all logins of the account.
    static func sessionEnded(_ session: SessionID?, of account: AccountID) -> EventDraft {
        EventDraft(.sessionEnded(account, session), .sessionEnded, from: .account(account), subject: session?.rawValue ?? 0)
    }

    /// An account shows itself in another way.
    static func accountUpdated(_ account: Account) -> EventDraft {
        EventDraft(.accountUpdated(account), .accountUpdated, from: .account(account.id), subject: account.id.rawValue)
    }

    /// Somebody is invited to a channel.
    static func channelInvited(_ invite: ChannelInvite) -> EventDraft {
        EventDraft(.channelInvited(invite), .channelInvited, from: .account(invite.recipient.id), subject: invite.id.rawValue)
    }

    // MARK: Profiles

    /// There is a new profile.
    static func profileCreated(_ profile: Profile) -> EventDraft {
        EventDraft(.profileCreated(profile), .profileCreated, from: profile.source, subject: profile.id.rawValue)
    }

    /// A profile has another archive.
    static func profileUpdated(_ profile: Profile) -> EventDraft {
        EventDraft(.profileUpdated(profile), .profileUpdated, from: profile.source, subject: profile.id.rawValue)
    }

    /// A profile is gone.
    static func profileDeleted(_ profile: Profile) -> EventDraft {
        EventDraft(
            .profileDeleted(profile.id, profile.code), .profileDeleted, from: profile.source, subject: profile.id.rawValue,
            data: profile.code.text)
    }

    // MARK: The registry

    /// The server says something else of itself.
    static func serverUpdated(_ server: RegistryServer) -> EventDraft {
        EventDraft(.serverUpdated(server), .serverUpdated, from: .registry, subject: 0)
    }

    /// A world is new, another, or gone.
    static func worldChanged(_ world: World, _ action: RegistryAction) -> EventDraft {
        EventDraft(
            .worldChanged(world, action), action.kind(.worldCreated, .worldUpdated, .worldDeleted), from: .registry,
            subject: world.id.rawValue, data: action == .deleted ? RegistryRecord(world).text : nil)
    }

    /// A service is new, another, or gone.
    static func serviceChanged(_ service: RegistryService, _ action: RegistryAction) -> EventDraft {
        EventDraft(
            .serviceChanged(service, action), action.kind(.serviceCreated, .serviceUpdated, .serviceDeleted), from: .registry,
            subject: service.id.rawValue, data: action == .deleted ? RegistryRecord(service).text : nil)
    }

    /// An instance is new, another, or gone.
    static func instanceChanged(_ instance: Instance, _ action: RegistryAction) -> EventDraft {
        EventDraft(
            .instanceChanged(instance, action), action.kind(.instanceCreated, .instanceUpdated, .instanceDeleted), from: .registry,
            subject: instance.id.rawValue, data: action == .deleted ? RegistryRecord(instance).text : nil)
    }

    /// Something has become of a candidate.
    static func candidateChanged(_ candidate: Candidate, _ action: Candidate.Action, of instance: Instance) -> EventDraft {
        let change = CandidateChange(candidate: candidate, action: action, place: InstanceReference(instance))
        return EventDraft(
            .candidateChanged(change), .candidateChanged, from: .registry, subject: candidate.id.rawValue, data: change.record)
    }

    /// The queue of an instance is another.
    static func queueChanged(_ queue: InstanceQueue) -> EventDraft {
        EventDraft(.queueChanged(queue), .queueChanged, from: .registry, subject: queue.place.id.rawValue)
    }

    private init(_ live: CommunityEvent, _ kind: EventKind, from source: EventSource, subject: Int64, data: String? = nil) {
        self.init(scope: source.scope, scopeID: source.id, kind: kind.rawValue, subjectID: subject, data: data, live: live)
    }
}

extension RegistryAction {
    /// Which of three kinds of events it is.
    fileprivate func kind(_ created: EventKind, _ updated: EventKind, _ deleted: EventKind) -> EventKind {
        switch self {
        case .created: created
        case .updated: updated
        case .deleted: deleted
        }
    }
}
