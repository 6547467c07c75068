internal import Primitives
internal import Storage

/// Fills events of the log with their objects as they are now. What is gone, or what the viewer may not see, is left out.
struct EventRenderer {
    /// For whom; nil for the hub, which has to know everything.
    let viewer: AccountID?
    let now: Timestamp
    /// Channels that have been looked at; nil: gone or not visible.
    private var channels: [ChannelID: Channel?] = [:]
    /// Channels in which the viewer may not see what was said before.
    private var withoutHistory: Set<ChannelID> = []

    init(viewer: AccountID?, now: Timestamp) {
        self.viewer = viewer
        self.now = now
    }

    /// The event with its objects, nil when there is nothing to show.
    mutating func render(_ event: Event, from reader: any SQLReader) throws -> Event? {
        guard let kind = EventKind(rawValue: event.kind), let live = try content(of: event, kind, from: reader) else { return nil }
        var event = event
        event.live = live
        return event
    }

    private mutating func content(of event: Event, _ kind: EventKind, from reader: any SQLReader) throws -> CommunityEvent? {
        switch kind {
        case .messageCreated, .messageUpdated:
            // What was said meanwhile is history.
            guard let id = event.data.flatMap({ Int64($0) }), let channel = try channel(ChannelID(id), from: reader),
                !withoutHistory.contains(channel.id)
            else { return nil }
            guard let message = try reader.message(MessageID(event.subjectID), in: channel) else { return nil }
            return kind == .messageCreated ? .messageCreated(message, in: channel) : .messageUpdated(message)
        case .messageDeleted:
            guard let id = event.data.flatMap({ Int64($0) }), let channel = try channel(ChannelID(id), from: reader) else { return nil }
            return .messageDeleted(MessageID(event.subjectID), channel.id, channel.spaceID)
        case .channelCreated:
            return try channel(ChannelID(event.subjectID), from: reader).map { .channelCreated($0) }
        case .channelUpdated:
            return try channel(ChannelID(event.subjectID), from: reader).map { .channelUpdated($0) }
        case .channelDeleted:
            return ChannelRecord.channel(ChannelID(event.subjectID), from: event.data).map { .channelDeleted($0) }
        case .channelShown:
            return try channel(ChannelID(event.subjectID), from: reader).map { .channelShown($0, to: AccountID(event.scopeID)) }
        case .channelNarrowed:
            return try channel(ChannelID(event.subjectID), from: reader).map { .channelNarrowed($0, for: AccountID(event.scopeID)) }
        case .channelHidden:
            return try hidden(ChannelID(event.subjectID), event.data, reader).map {
                .channelHidden($0, from: AccountID(event.scopeID), ChannelRecord.loss(from: event.data))
            }
        case .memberAdded:
            return try memberAdded(AccountID(event.subjectID), to: SpaceID(event.scopeID), from: reader)
        case .memberUpdated:
            return try reader.member(AccountID(event.subjectID), of: SpaceID(event.scopeID)).map { .memberUpdated($0) }
        case .memberRemoved:
            return try removal(of: AccountID(event.subjectID), from: SpaceID(event.scopeID), event.data, reader).map { .memberRemoved($0) }
        case .removedFromSpace:
            return try removal(of: AccountID(event.scopeID), from: SpaceID(event.subjectID), event.data, reader).map {
                .removedFromSpace($0)
            }
        case .spaceUpdated:
            return try found { try reader.space(SpaceID(event.subjectID)) }.map { .spaceUpdated($0) }
        case .spaceDeleted:
            return .spaceDeleted(SpaceID(event.subjectID))
        case .channelMemberAdded:
            // Who has left meanwhile is no news.
            guard let channel = try channel(ChannelID(event.scopeID), from: reader) else { return nil }
            return try reader.membership(of: AccountID(event.subjectID), in: channel.id).map { .channelMemberAdded($0) }
        case .channelMemberRemoved:
            return try channel(ChannelID(event.scopeID), from: reader).map {
                .channelMemberRemoved($0.id, $0.spaceID, AccountID(event.subjectID))
            }
        case .sessionEnded:
            return .sessionEnded(AccountID(event.scopeID), event.subjectID == 0 ? nil : SessionID(event.subjectID))
        case .accountUpdated:
            return try found { try reader.account(AccountID(event.subjectID)) }.map { .accountUpdated($0) }
        case .channelInvited:
            // One that is used or withdrawn needs no answer any more.
            return try reader.pendingInvite(ChannelInviteID(event.subjectID)).map { .channelInvited($0) }
        case .profileCreated:
            return try reader.profile(ProfileID(event.subjectID)).map { .profileCreated($0) }
        case .profileUpdated:
            return try reader.profile(ProfileID(event.subjectID)).map { .profileUpdated($0) }
        case .profileDeleted:
            return event.data.flatMap { ProfileCode($0) }.map { .profileDeleted(ProfileID(event.subjectID), $0) }
        case .serverUpdated, .worldCreated, .worldUpdated, .worldDeleted, .serviceCreated, .serviceUpdated, .serviceDeleted,
            .instanceCreated, .instanceUpdated, .instanceDeleted, .candidateChanged, .queueChanged:
            return try RegistryEventRenderer.content(of: event, kind, from: reader)
        }
    }

    /// Who has lost a whole space is told of that, and of no channel in it that everybody there could have seen; who has come back to a channel
    /// has not lost it.
    private func hidden(_ id: ChannelID, _ record: String?, _ reader: any SQLReader) throws -> Channel? {
        guard let channel = ChannelRecord.channel(id, from: record) else { return nil }
        guard let viewer, let space = channel.spaceID else { return channel }
        if channel.hasMembership { return try reader.membership(of: viewer, in: id) == nil ? channel : nil }
        return try reader.isMember(viewer, of: space) ? channel : nil
    }

    /// The space may be gone: then nobody is left in it.
    private func removal(of account: AccountID, from space: SpaceID, _ reason: String?, _ reader: any SQLReader) throws -> SpaceRemoval? {
        guard let reason = reason.flatMap({ MemberRemovalReason(rawValue: $0) }), let account = try found({ try reader.account(account) })
        else { return nil }
        return SpaceRemoval(
            spaceID: space, account: account, reason: reason, memberCount: try found { try reader.space(space) }?.memberCount ?? 0,
            closedChannels: try reader.channelsWithOwnAudience(of: space))
    }

    /// Only the new member itself is shown the whole space.
    private func memberAdded(_ added: AccountID, to space: SpaceID, from reader: any SQLReader) throws -> CommunityEvent? {
        guard let member = try reader.member(added, of: space) else { return nil }
        let standing = try reader.standing(of: viewer ?? added, in: space, at: now)
        let detail =
            added == viewer ?? added
            ? try reader.detail(of: standing, at: now) : SpaceDetail(space: standing.space, channels: [], members: [])
        return .memberAdded(member, memberCount: standing.space.memberCount, detail: detail)
    }

    /// A channel that the viewer sees.
    private mutating func channel(_ id: ChannelID, from reader: any SQLReader) throws -> Channel? {
        if let known = channels[id] { return known }
        let channel = try visibleChannel(id, from: reader).map { try reader.withRecipients($0) }
        channels[id] = .some(channel)
        return channel
    }

    private mutating func visibleChannel(_ id: ChannelID, from reader: any SQLReader) throws -> Channel? {
        guard let standing = try found({ try reader.standing(of: viewer ?? AccountID(0), in: id, at: now) }) else { return nil }
        guard viewer != nil else { return standing.channel }
        if !standing.permissions.contains(.reading) { withoutHistory.insert(id) }
        return standing.permissions.contains(.viewChannel) ? standing.channel : nil
    }

    /// Nil when the object is gone.
    private func found<Value>(_ look: () throws -> Value) throws -> Value? {
        do {
            return try look()
        } catch is CommunityError {
            return nil
        }
    }
}
