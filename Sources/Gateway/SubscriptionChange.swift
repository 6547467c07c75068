internal import Community
internal import Storage

/// What an event changes about who listens to what.
enum SubscriptionChange: Equatable {
    /// The account's sockets listen to the topic from now on.
    case join(AccountID, TopicID)
    /// The account's sockets stop listening to the topic.
    case leave(AccountID, TopicID)
    /// Nobody listens to the topic any more.
    case close(TopicID)
    /// The login has ended (nil: all logins of the account): its sockets end.
    case endSession(AccountID, SessionID?)

    /// New members hear the event that made them members; former members hear the one that ended it, and nothing after it.
    var comesBeforeDelivery: Bool {
        switch self {
        case .join, .endSession: true
        case .leave, .close: false
        }
    }

    /// Whose sockets change; nil: those of all who listen.
    var account: AccountID? {
        switch self {
        case .join(let account, _), .leave(let account, _), .endSession(let account, _): account
        case .close: nil
        }
    }

    /// The changes that follow from one event.
    static func changes(of envelope: Envelope) -> [SubscriptionChange] {
        switch envelope.content {
        case .messageCreated, .messageUpdated, .messageDeleted, .channelUpdated, .memberUpdated, .memberRemoved, .spaceUpdated,
            .accountUpdated, .channelInvited, .profileCreated, .profileUpdated, .serverUpdated, .worldChanged, .serviceChanged,
            .instanceChanged, .candidateChanged, .queueChanged:
            []
        case .channelCreated(let channel):
            channel.recipients.map { .join($0.id, TopicID(channel.source)) }
        case .channelDeleted(let channel):
            channel.source.scope == .space ? [] : [.close(TopicID(channel.source))]
        case .channelShown(let channel, let account), .channelNarrowed(let channel, let account):
            [.join(account, TopicID(channel.source))]
        case .channelHidden(let channel, let account, _):
            [.leave(account, TopicID(channel.source))]
        case .memberAdded(let member, _, let detail):
            [.join(member.account.id, TopicID(scope: .space, id: member.spaceID.rawValue))]
                + detail.channels.filter(\.hasOwnAudience).map { .join(member.account.id, TopicID($0.source)) }
        case .removedFromSpace(let removal):
            [.leave(removal.account.id, TopicID(scope: .space, id: removal.spaceID.rawValue))]
                + removal.closedChannels.map { .leave(removal.account.id, TopicID(scope: .channel, id: $0.rawValue)) }
        case .spaceDeleted(let space):
            [.close(TopicID(scope: .space, id: space.rawValue))]
        case .channelMemberAdded(let membership):
            [.join(membership.account, TopicID(membership.channel.source))]
        case .channelMemberRemoved(let channel, _, let account):
            [.leave(account, TopicID(scope: .channel, id: channel.rawValue))]
        case .profileDeleted(let profile, _):
            [.close(TopicID(scope: .profile, id: profile.rawValue))]
        case .sessionEnded(let account, let session):
            [.endSession(account, session)]
        }
    }
}
