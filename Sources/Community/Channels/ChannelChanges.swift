internal import Primitives

/// What somebody wants to change about a channel.
public struct ChannelChanges: Sendable, Equatable {
    /// 1 to 100 characters, trimmed; nil: as it is.
    public var name: String?
    /// At most 1024 characters.
    public var topic: Change<String>
    /// From 0; nil: as it is. Other channels stay where they are.
    public var position: Int?

    /// Changes; what is not named stays as it is.
    public init(name: String? = nil, topic: Change<String> = .keep, position: Int? = nil) {
        self.name = name?.trimmed
        self.topic = topic
        self.position = position
    }

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.line(name, in: Limits.channelName, "name")
        checks.text(topic.newValue, in: Limits.topic, "topic")
        checks.number(position, in: Limits.position, "position")
        try checks.finish()
    }

    /// The channel after the changes.
    func applied(to channel: Channel) -> Channel {
        var channel = channel
        channel.name = name ?? channel.name
        channel.topic = topic.applied(to: channel.topic)
        channel.position = position ?? channel.position
        return channel
    }
}
