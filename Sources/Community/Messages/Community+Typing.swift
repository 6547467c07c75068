internal import Storage

/// Somebody who types in a channel, for those who see the channel.
public struct Typist: Sendable, Equatable {
    /// Who.
    public var author: Author
    /// Where.
    public var channelID: ChannelID
    /// The channel's space; nil for a direct channel.
    public var spaceID: SpaceID?
    /// Whom it concerns.
    public var source: EventSource

    /// A typist with all its parts.
    public init(author: Author, channelID: ChannelID, spaceID: SpaceID?, source: EventSource) {
        self.author = author
        self.channelID = channelID
        self.spaceID = spaceID
        self.source = source
    }
}

extension Community {
    /// Somebody who may be shown as typing in a channel. Needs SEND_MESSAGES. One indexed read; nothing is written.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.missingPermission`, `.unknownAccount`.
    public func typist(in channel: ChannelID, by account: AccountID) async throws -> Typist {
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: channel, at: now)
            try standing.require(.sendMessages)
            guard let author = standing.author else { throw CommunityError.unknownAccount }
            return Typist(author: author, channelID: channel, spaceID: standing.channel.spaceID, source: standing.channel.source)
        }
    }
}
