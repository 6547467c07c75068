internal import Community

extension SpaceEvent.Content {
    /// What it is called on the wire (contracts/cosmos.md 8.2): one of `EventFilter.types`.
    var type: String {
        switch self {
        case .galaxyUpdated: "galaxy.updated"
        case .galaxyDeleted: "galaxy.deleted"
        case .channelCreated, .channelGone(isNew: true): "channel.created"
        case .channelUpdated, .channelGone(isNew: false): "channel.updated"
        case .channelDeleted: "channel.deleted"
        case .messageCreated, .messageGone(_, isNew: true): "message.created"
        case .messageUpdated, .messageGone(_, isNew: false): "message.updated"
        case .messageDeleted: "message.deleted"
        case .memberJoined, .memberGone(_, isNew: true): "member.joined"
        case .memberUpdated, .memberGone(_, isNew: false): "member.updated"
        case .memberLeft: "member.left"
        }
    }
}
