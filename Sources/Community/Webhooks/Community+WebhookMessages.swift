internal import Primitives
internal import Storage

/// What somebody may do who has the token of a webhook (contracts/cosmos.md 9.2).
extension Community {
    /// The webhook of an id and token.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, the same for both.
    public func webhook(_ id: WebhookID, token: String) async throws -> IncomingWebhook {
        try await read { try $0.webhook(id, token: token).webhook }
    }

    /// The webhook of a token.
    ///
    /// - Throws: `CommunityError.unknownWebhook`.
    public func webhook(token: String) async throws -> IncomingWebhook {
        try await read { reader in
            guard let id = try reader.webhookID(token: token) else { throw CommunityError.unknownWebhook }
            return try reader.webhook(id, token: token).webhook
        }
    }

    /// What GitHub signs with; nil when deliveries need no signature.
    ///
    /// - Throws: `CommunityError.unknownWebhook`.
    public func gitHubSecret(of id: WebhookID, token: String) async throws -> String? {
        try await read { try $0.webhook(id, token: token).gitHubSecret }
    }

    /// Posts messages through a webhook and returns them once they are durable: all of them or none.
    ///
    /// The events `messageCreated` are committed with them.
    /// - Parameter delivery: the sender's own number of what is delivered; one that the webhook has had within 24 hours posts nothing.
    /// - Throws: `CommunityError.unknownWebhook`, `.emptyMessage`, `.invalid`, `.missingPermission`, `.spaceSuspended`, `.spaceReadOnly`.
    public func execute(
        _ id: WebhookID, token: String, _ posts: [WebhookPost], delivery: String? = nil
    ) async throws -> [Message] {
        for post in posts { try post.check() }
        return try await write { tx in
            let record = try tx.webhook(id, token: token)
            let posts = try posts.map { try record.permitted($0) }
            if let delivery, delivery.isStorable, try !tx.noteReceived(delivery, from: "webhook \(id.rawValue)") { return [] }
            guard let channel = try tx.channel(record.webhook.channelID) else { throw CommunityError.unknownWebhook }
            return try posts.map { post in
                let message = Message(
                    id: MessageID(tx.nextID()), channelID: channel.id, spaceID: channel.spaceID, author: record.webhook.author(of: post),
                    content: post.text, createdAt: tx.now, webhook: WebhookAuthorship(id: id, post: post))
                try tx.insert(message)
                tx.append(.messageCreated(message, in: channel))
                return message
            }
        }
    }

    /// A message of a webhook.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, `.unknownMessage` also for a message that somebody else has written.
    public func message(_ message: MessageID, ofWebhook id: WebhookID, token: String) async throws -> Message {
        try await read { reader in
            let record = try reader.webhook(id, token: token)
            return try reader.message(message, of: record).message
        }
    }

    /// Changes a message of a webhook. The event `messageUpdated` is committed with it.
    ///
    /// - Parameter change: the message as it shall be, out of how it is.
    /// - Throws: as `execute`, `CommunityError.unknownMessage`, and what `change` throws.
    public func updateMessage(
        _ message: MessageID, ofWebhook id: WebhookID, token: String,
        _ change: @escaping @Sendable (WebhookPost) throws -> WebhookPost
    ) async throws -> Message {
        try await write { tx in
            let record = try tx.webhook(id, token: token)
            var (message, channel) = try tx.message(message, of: record)
            let changed = try change((message.webhook?.post ?? WebhookPost(content: message.content)).asSent())
            try changed.check()
            let post = try record.permitted(changed)
            message.content = post.text
            message.editedAt = tx.now
            message.webhook = WebhookAuthorship(id: id, post: post)
            try tx.execute(
                "UPDATE messages SET content = $1, post = $2, edited_at = $3 WHERE channel_id = $4 AND id = $5",
                [
                    .text(message.content), .text(post.stored), .integer(tx.now.microseconds), .integer(channel.id.rawValue),
                    .integer(message.id.rawValue),
                ])
            tx.append(.messageUpdated(message, in: channel))
            return message
        }
    }

    /// Removes a message of a webhook. The event `messageDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, `.unknownMessage`, `.spaceSuspended`.
    public func deleteMessage(_ message: MessageID, ofWebhook id: WebhookID, token: String) async throws {
        try await write { tx in
            let record = try tx.webhook(id, token: token)
            try record.flags.requireWritable()
            let (message, channel) = try tx.message(message, of: record)
            try tx.execute(
                "DELETE FROM messages WHERE channel_id = $1 AND id = $2", [.integer(channel.id.rawValue), .integer(message.id.rawValue)])
            tx.append(.messageDeleted(message.id, in: channel))
        }
    }

    /// Gives a webhook another name or picture, for somebody who has its token.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, `.invalid`, `.spaceSuspended`.
    public func updateWebhook(_ id: WebhookID, token: String, name: String?, avatarURL: Change<String>) async throws -> IncomingWebhook {
        try WebhookChanges(name: name, avatarURL: avatarURL).check()
        return try await write { tx in
            let record = try tx.webhook(id, token: token)
            try record.flags.requireWritable()
            try tx.execute(
                "UPDATE incoming_webhooks SET name = $1, avatar_url = $2 WHERE id = $3",
                [
                    .text(name?.trimmed ?? record.webhook.name),
                    .optional(avatarURL.emptyAsNone.applied(to: record.webhook.avatarURL)), .integer(id.rawValue),
                ])
            return try tx.found(id)
        }
    }

    /// Removes a webhook, for somebody who has its token.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, `.spaceSuspended`.
    public func deleteWebhook(_ id: WebhookID, token: String) async throws {
        try await write { tx in
            let record = try tx.webhook(id, token: token)
            try record.flags.requireWritable()
            try tx.execute("DELETE FROM incoming_webhooks WHERE id = $1", [.integer(id.rawValue)])
            try tx.audit(
                .webhookChanged, by: AccountID(0), in: record.webhook.spaceID, subject: id.rawValue, details: "removed with its token")
        }
    }

    /// Those of some ids, as Cosmos knows people by, who are members of a space.
    public func members(of space: SpaceID, among ids: Set<String>) async throws -> Set<String> {
        guard !ids.isEmpty else { return [] }
        return try await read { reader in
            try ids.filter { id in
                guard id.isStorable, let account = try reader.account(userID: id) else { return false }
                return try reader.isMember(account, of: space)
            }
        }
    }
}

extension WebhookRecord {
    /// A post as the webhook may send it.
    ///
    /// - Throws: `CommunityError.spaceSuspended`, `.spaceReadOnly`, `.missingPermission`.
    fileprivate func permitted(_ post: WebhookPost) throws(CommunityError) -> WebhookPost {
        try flags.requireWritable()
        if flags.isReadOnly { throw .spaceReadOnly }
        let needed: Permissions = post.embeds.isEmpty ? .sendMessages : .webhookDefault
        let missing = needed.subtracting(webhook.permissions)
        guard missing.isEmpty else { throw .missingPermission(missing) }
        return post.neutralized(allowsEveryone: webhook.permissions.contains(.mentionEveryone))
    }
}

extension IncomingWebhook {
    /// Who a post is shown to be from.
    fileprivate func author(of post: WebhookPost) -> Author {
        Author(id: AccountID(id.rawValue), username: post.username ?? name, avatarURL: post.avatarURL ?? avatarURL)
    }
}

extension SQLReader {
    /// A message that the webhook itself has written where it stands now.
    ///
    /// - Throws: `CommunityError.unknownMessage`.
    fileprivate func message(_ id: MessageID, of record: WebhookRecord) throws -> (message: Message, channel: Channel) {
        guard let channel = try channel(record.webhook.channelID), let message = try message(id, in: channel),
            message.webhook?.id == record.webhook.id
        else { throw CommunityError.unknownMessage }
        return (message, channel)
    }

    /// A channel, whoever sees it.
    fileprivate func channel(_ id: ChannelID) throws -> Channel? {
        try first(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at FROM channels c WHERE c.id = $1
            """, [.integer(id.rawValue)]
        ) { try Channel($0) }
    }
}
