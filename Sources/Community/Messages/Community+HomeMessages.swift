internal import Primitives
internal import Storage

/// Messages of the channels of the home space, with what notes acts among them (contracts/dawchat.md 1.5).
extension Community {
    /// Posts a message in a channel of the home space and returns it once it is durable. Needs SEND_MESSAGES. The author has read up to it.
    ///
    /// The event `messageCreated` is committed with it.
    /// - Parameter content: 1 to 8192 Unicode scalars, kept as sent.
    /// - Throws: `CommunityError.emptyMessage`, `.invalid`, `.unknownChannel`, `.missingAccess`, `.missingPermission`.
    public func createMessage(inHomeChannel channel: ChannelID, by account: AccountID, content: String) async throws -> Message {
        let draft = try MessageDraft(content: content, nonce: nil, limit: Limits.longContent)
        return try await write { tx in
            let standing = try tx.membershipStanding(of: account, in: channel, at: tx.now)
            try standing.require(.sendMessages)
            return try tx.post(draft, as: MessageID(tx.nextID()), in: standing)
        }
    }

    /// The channels of those ids, all of which the account may read, in the order of the ids.
    ///
    /// - Throws: `CommunityError.unknownChannel` or `.missingAccess` for the first that it may not.
    public func readableHomeChannels(_ ids: [ChannelID], for account: AccountID) async throws -> [Channel] {
        let now = clock()
        return try await read { reader in
            try ids.map { id in
                let standing = try reader.membershipStanding(of: account, in: id, at: now)
                try standing.require(.reading)
                return standing.channel
            }
        }
    }

    /// A page of the messages of a channel of the home space, newest first.
    ///
    /// A page costs the same at any place of a history of any length.
    /// - Parameters:
    ///   - before: only those with a smaller id, which need not be that of a message; nil: from the newest one.
    ///   - limit: at most 100 messages; more than 100 is treated as 100.
    ///   - kinds: which kinds are wanted.
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`.
    public func history(
        ofHomeChannel channel: ChannelID, for account: AccountID, before: MessageID?, limit: Int, kinds: Set<MessageKind>
    ) async throws -> [Message] {
        let now = clock()
        // A page of long messages is megabytes: too much for a loop.
        return try await scan { reader in
            let standing = try reader.membershipStanding(of: account, in: channel, at: now)
            try standing.require(.reading)
            return try reader.messages(
                in: standing.channel, before: before?.rawValue ?? .max, limit: min(limit, Limits.page.upperBound), kinds: kinds)
        }
    }
}

extension Transaction {
    /// Writes a message of somebody who may write it, and the event.
    func post(_ draft: MessageDraft, as id: MessageID, in standing: ChannelStanding) throws -> Message {
        guard let author = standing.author else { throw CommunityError.unknownAccount }
        let message = Message(
            id: id, channelID: standing.channel.id, spaceID: standing.channel.spaceID, author: author, content: draft.content,
            createdAt: now, nonce: draft.nonce)
        try insert(message)
        if standing.channel.hasMembership { try markRead(id, in: standing.channel.id, by: author.id) }
        append(.messageCreated(message, in: standing.channel))
        return message
    }
}
