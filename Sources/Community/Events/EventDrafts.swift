internal import Storage

extension Channel {
    /// Whom the events of a channel concern: everybody in the space, or the channel's own members.
    var source: EventSource {
        if access == .open, let spaceID { return EventSource(scope: .space, id: spaceID.rawValue) }
        return EventSource(scope: .channel, id: id.rawValue)
    }
}

extension EventDraft {
    /// Somebody said something.
    static func messageCreated(_ message: Message, in channel: Channel) -> EventDraft {
        EventDraft(
            .messageCreated(message), .messageCreated, from: channel.source, subject: message.id.rawValue, data: String(channel.id.rawValue)
        )
    }

    /// There is a new channel.
    static func channelCreated(_ channel: Channel) -> EventDraft {
        EventDraft(.channelCreated(channel), .channelCreated, from: channel.source, subject: channel.id.rawValue)
    }

    /// Somebody is a member now, who sees `detail`.
    static func memberAdded(_ member: Member, detail: SpaceDetail) -> EventDraft {
        EventDraft(
            .memberAdded(member, memberCount: detail.space.memberCount, detail: detail), .memberAdded,
            from: EventSource(scope: .space, id: member.spaceID.rawValue), subject: member.account.id.rawValue)
    }

    /// Somebody is a member of a channel of its own members now.
    static func channelMemberAdded(_ account: AccountID, to channel: Channel) -> EventDraft {
        EventDraft(
            .channelMemberAdded(channel.id, channel.spaceID, account), .channelMemberAdded, from: channel.source, subject: account.rawValue)
    }

    /// A login has ended; nil: all logins of the account.
    static func sessionEnded(_ session: SessionID?, of account: AccountID) -> EventDraft {
        EventDraft(
            .sessionEnded(account, session), .sessionEnded, from: EventSource(scope: .account, id: account.rawValue),
            subject: session?.rawValue ?? 0)
    }

    private init(_ live: CommunityEvent, _ kind: EventKind, from source: EventSource, subject: Int64, data: String? = nil) {
        self.init(scope: source.scope, scopeID: source.id, kind: kind.rawValue, subjectID: subject, data: data, live: live)
    }
}
