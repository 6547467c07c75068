internal import Community
internal import Storage

/// What an event changes about who listens to what.
enum SubscriptionChange: Equatable {
    /// The account's sockets listen to the topic from now on.
    case join(AccountID, TopicID)
    /// The account's sockets stop listening to the topic.
    case leave(AccountID, TopicID)
    /// The login has ended (nil: all logins of the account): its sockets end.
    case endSession(AccountID, SessionID?)

    /// New members hear the event that made them members; former members hear the one that ended it, and nothing after it.
    var comesBeforeDelivery: Bool {
        switch self {
        case .join, .endSession: true
        case .leave: false
        }
    }

    /// Whose sockets change.
    var account: AccountID {
        switch self {
        case .join(let account, _), .leave(let account, _), .endSession(let account, _): account
        }
    }

    /// The changes that follow from one event.
    static func changes(of envelope: Envelope) -> [SubscriptionChange] {
        switch envelope.content {
        case .messageCreated:
            []
        case .channelCreated(let channel):
            channel.recipients.map { .join($0.id, TopicID(scope: .channel, id: channel.id.rawValue)) }
        case .memberAdded(let member, _, _):
            [.join(member.account.id, TopicID(scope: .space, id: member.spaceID.rawValue))]
        case .memberRemoved(let space, let account, _, _):
            [.leave(account.id, TopicID(scope: .space, id: space.rawValue))]
        case .channelMemberAdded(let channel, _, let account):
            [.join(account, TopicID(scope: .channel, id: channel.rawValue))]
        case .channelMemberRemoved(let channel, _, let account):
            [.leave(account, TopicID(scope: .channel, id: channel.rawValue))]
        case .sessionEnded(let account, let session):
            [.endSession(account, session)]
        }
    }
}
