extension CommunityEvent {
    /// Whether the event concerns those who know conversations only: nothing about voice channels and categories.
    public var isShownInConversations: Bool {
        switch self {
        case .channelCreated(let channel), .channelUpdated(let channel), .channelDeleted(let channel), .channelShown(let channel, _),
            .channelHidden(let channel, _, _), .channelNarrowed(let channel, _):
            channel.kind.isConversation
        default: true
        }
    }
}
