internal import Primitives
internal import Storage

extension Community {
    /// Changes what was said. Only the author may, who must still see the channel. The event `messageUpdated` is committed with it.
    ///
    /// - Parameter content: 1 to 2000 Unicode scalars, kept as sent.
    /// - Throws: `CommunityError.emptyMessage`, `.invalid`, `.unknownChannel`, `.missingAccess`, `.unknownMessage` also for a message of another
    ///   channel, `.notAuthor`, `.spaceSuspended`, `.spaceReadOnly`.
    public func updateMessage(_ id: MessageID, in channel: ChannelID, by account: AccountID, content: String) async throws -> Message {
        let draft = try MessageDraft(content: content, nonce: nil)
        return try await write { tx in
            let standing = try tx.standing(of: account, in: channel, at: tx.now)
            var message = try tx.message(id, in: standing)
            guard message.author.id == account else { throw CommunityError.notAuthor }
            try standing.requireWritable()
            message.content = draft.content
            message.editedAt = tx.now
            try tx.execute(
                "UPDATE messages SET content = $1, edited_at = $2 WHERE channel_id = $3 AND id = $4",
                [.text(message.content), .integer(tx.now.microseconds), .integer(channel.rawValue), .integer(id.rawValue)])
            tx.append(.messageUpdated(message, in: standing.channel))
            return message
        }
    }

    /// Removes a message: an own one, or with MANAGE_MESSAGES any. The event `messageDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.unknownMessage` also for a message of another channel, `.missingPermission`.
    public func deleteMessage(_ id: MessageID, in channel: ChannelID, by account: AccountID) async throws {
        try await write { tx in
            let standing = try tx.standing(of: account, in: channel, at: tx.now)
            let message = try tx.message(id, in: standing)
            if message.author.id != account {
                try standing.require(.manageMessages)
                try tx.audit(.messageDeleted, by: account, in: standing.channel.spaceID, subject: id.rawValue)
            }
            try tx.execute("DELETE FROM messages WHERE channel_id = $1 AND id = $2", [.integer(channel.rawValue), .integer(id.rawValue)])
            tx.append(.messageDeleted(id, in: standing.channel))
        }
    }
}

extension Transaction {
    /// - Throws: `CommunityError.missingAccess`, `.unknownMessage`.
    fileprivate func message(_ id: MessageID, in standing: ChannelStanding) throws -> Message {
        try standing.require([])
        // What notes an act cannot be changed, and is not seen where messages can be.
        guard let message = try message(id, in: standing.channel), message.kind == .text else { throw CommunityError.unknownMessage }
        return message
    }
}
