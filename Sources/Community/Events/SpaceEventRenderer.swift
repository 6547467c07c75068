internal import Primitives
internal import Storage

/// Gives events of a galaxy their objects as Cosmos shows them, for one viewer.
struct SpaceEventRenderer {
    let space: SpaceID
    let galaxyID: String
    /// Nil for what sees everything.
    let viewer: AccountID?
    let now: Timestamp
    /// The ids on the wire of channels that end within what is rendered.
    private let ends: [ChannelID: String]
    /// Channels that have been looked at; nil: gone or not visible.
    private var channels: [ChannelID: GalaxyChannel?] = [:]

    /// - Parameter events: all that will be rendered.
    init(space: SpaceID, galaxyID: String, viewer: AccountID?, events: [Event], now: Timestamp) {
        ends = Dictionary(
            events.filter { $0.kind == EventKind.channelDeleted.rawValue }.map {
                (ChannelID($0.subjectID), ChannelRecord.externalID(from: $0.data) ?? String($0.subjectID))
            }, uniquingKeysWith: { first, _ in first })
        self.space = space
        self.galaxyID = galaxyID
        self.viewer = viewer
        self.now = now
    }

    /// The event with its object; nil when there is nothing to show.
    mutating func render(_ event: Event, from reader: any SQLReader) throws -> SpaceEvent? {
        guard let kind = EventKind(rawValue: event.kind), let (content, channelID) = try content(of: event, kind, reader) else {
            return nil
        }
        return SpaceEvent(
            id: event.id, createdAt: event.createdAt, galaxyID: galaxyID, channelID: channelID,
            authorID: try authorID(of: content, reader), content: content)
    }

    private func authorID(of content: SpaceEvent.Content, _ reader: any SQLReader) throws -> String? {
        switch content {
        case .messageCreated(let message), .messageUpdated(let message):
            message.webhook == nil ? try reader.userID(of: message.author.id) : nil
        default: nil
        }
    }

    private mutating func content(
        of event: Event, _ kind: EventKind, _ reader: any SQLReader
    ) throws -> (SpaceEvent.Content, channelID: String?)? {
        switch kind {
        case .messageCreated, .messageUpdated, .messageDeleted: return try message(event, kind, reader)
        case .channelCreated, .channelUpdated:
            let id = ChannelID(event.subjectID)
            guard let channel = try channel(id, reader) else {
                // One that everybody saw and that is gone by now is told of by its id, so that nobody hears of an end without a beginning.
                guard event.scope == .space, let known = ends[id] else { return nil }
                return (.channelGone(isNew: kind == .channelCreated), known)
            }
            return (kind == .channelCreated ? .channelCreated(channel) : .channelUpdated(channel), channel.id)
        case .channelDeleted, .channelHidden:
            return try deletedChannel(event, kind)
        case .memberAdded, .memberUpdated:
            let account = AccountID(event.subjectID)
            guard let member = try galaxyMember(account, reader) else {
                return (.memberGone(try reader.userID(of: account), isNew: kind == .memberAdded), nil)
            }
            return (kind == .memberAdded ? .memberJoined(member) : .memberUpdated(member), nil)
        case .memberRemoved: return (.memberLeft(try reader.userID(of: AccountID(event.subjectID))), nil)
        case .spaceUpdated: return (.galaxyUpdated(try reader.galaxy(space)), nil)
        case .spaceDeleted: return (.galaxyDeleted, nil)
        case .channelShown, .channelNarrowed, .removedFromSpace, .channelMemberAdded, .channelMemberRemoved, .sessionEnded,
            .accountUpdated, .channelInvited, .profileCreated, .profileUpdated, .profileDeleted, .serverUpdated, .worldCreated,
            .worldUpdated, .worldDeleted, .serviceCreated, .serviceUpdated, .serviceDeleted, .instanceCreated, .instanceUpdated,
            .instanceDeleted, .candidateChanged, .queueChanged:
            return nil
        }
    }

    /// Of one that not everybody saw, the event of each account tells who did.
    private func deletedChannel(_ event: Event, _ kind: EventKind) throws -> (SpaceEvent.Content, channelID: String?)? {
        let isForViewer = kind == .channelHidden ? ChannelRecord.loss(from: event.data) == .deleted : event.scope == .space || viewer == nil
        guard isForViewer, let channel = ChannelRecord.channel(ChannelID(event.subjectID), from: event.data), channel.spaceID == space
        else {
            return nil
        }
        return (.channelDeleted(channel), ChannelRecord.externalID(from: event.data) ?? String(channel.id.rawValue))
    }

    private mutating func message(
        _ event: Event, _ kind: EventKind, _ reader: any SQLReader
    ) throws -> (SpaceEvent.Content, channelID: String?)? {
        guard let id = event.data.flatMap({ Int64($0) }), let channel = try channel(ChannelID(id), reader),
            channel.permissions.contains(.reading)
        else { return nil }
        let messageID = MessageID(event.subjectID)
        if kind == .messageDeleted { return (.messageDeleted(messageID), channel.id) }
        guard let message = try reader.message(messageID, in: channel.channel) else {
            return (.messageGone(messageID, isNew: kind == .messageCreated), channel.id)
        }
        guard message.kind == .text else { return nil }
        return (kind == .messageCreated ? .messageCreated(message) : .messageUpdated(message), channel.id)
    }

    private mutating func channel(_ id: ChannelID, _ reader: any SQLReader) throws -> GalaxyChannel? {
        if let known = channels[id] { return known }
        let channel = try look(id, reader)
        channels[id] = .some(channel)
        return channel
    }

    private func look(_ id: ChannelID, _ reader: any SQLReader) throws -> GalaxyChannel? {
        let who: GalaxyViewer = viewer.map { .account($0) } ?? .system
        do {
            guard let (listing, account) = try reader.listing(of: space, for: who, at: now),
                let record = try reader.records(of: space, only: id, for: account).first
            else { return nil }
            return try reader.shown(record, listing)
        } catch is CommunityError {
            return nil
        }
    }

    private func galaxyMember(_ account: AccountID, _ reader: any SQLReader) throws -> GalaxyMember? {
        guard let member = try reader.member(account, of: space) else { return nil }
        return GalaxyMember(
            member: member, userID: try reader.userID(of: account), roles: try reader.roles(of: account, in: space))
    }
}
