internal import Primitives
internal import Storage

extension Message {
    /// From the columns id, kind, content, created_at, edited_at, the author's id, username, display_name and avatar_url, and webhook_id and post. What a
    /// webhook wrote has its id for an author and the name and picture that were shown then.
    init(_ row: Row, in channel: ChannelID, of space: SpaceID?) throws(DatabaseError) {
        self.init(
            id: MessageID(try row.integer(0)), channelID: channel, spaceID: space, author: try Author(row, at: 5),
            kind: MessageKind(rawValue: try row.integer(1)) ?? .text, content: try row.text(2),
            createdAt: Timestamp(microseconds: try row.integer(3)),
            editedAt: try row.optionalInteger(4).map { Timestamp(microseconds: $0) })
        if let webhook = try row.optionalInteger(9) {
            self.webhook = WebhookAuthorship(id: WebhookID(webhook), stored: try row.optionalText(10))
        }
    }
}

extension SQLReader {
    /// One message, nil when the channel has none of that id.
    func message(_ id: MessageID, in channel: Channel) throws -> Message? {
        try first(
            """
            SELECT m.id, m.kind, m.content, m.created_at, m.edited_at, m.author_id, COALESCE(a.username, m.author_name, ''),
                a.display_name, COALESCE(a.avatar_url, m.author_avatar_url), m.webhook_id, m.post
            FROM messages m LEFT JOIN accounts a ON a.id = m.author_id WHERE m.channel_id = $1 AND m.id = $2
            """, [.integer(channel.id.rawValue), .integer(id.rawValue)]
        ) { try Message($0, in: channel.id, of: channel.spaceID) }
    }

    /// The newest messages of some kinds that are older than an id, newest first.
    ///
    /// Nearly all messages are texts: a page with texts goes along the messages of the channel, one without along an index of the others.
    func messages(in channel: Channel, before id: Int64, limit: Int, kinds: Set<MessageKind>) throws -> [Message] {
        let all = MessageKind.allCases
        // As many places as there are kinds; a kind may stand in several.
        let wanted = all.map { kinds.contains($0) ? $0 : kinds.first ?? $0 }
        let values: [SQLValue] =
            [.integer(channel.id.rawValue), .integer(id), .integer(Int64(limit))] + wanted.map { .integer($0.rawValue) }
        let read: (Row) throws -> Message = { try Message($0, in: channel.id, of: channel.spaceID) }
        guard !kinds.contains(.text) else {
            return try query(
                """
                SELECT m.id, m.kind, m.content, m.created_at, m.edited_at, m.author_id, COALESCE(a.username, m.author_name, ''),
                    a.display_name, COALESCE(a.avatar_url, m.author_avatar_url), m.webhook_id, m.post
                FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
                WHERE m.channel_id = $1 AND m.id < $2 AND m.kind IN ($4, $5, $6) ORDER BY m.id DESC LIMIT $3
                """, values, read)
        }
        return try query(
            """
            SELECT m.id, m.kind, m.content, m.created_at, m.edited_at, m.author_id, COALESCE(a.username, m.author_name, ''),
                a.display_name, COALESCE(a.avatar_url, m.author_avatar_url), m.webhook_id, m.post
            FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
            WHERE m.channel_id = $1 AND m.id < $2 AND m.kind <> 0 AND m.kind IN ($4, $5, $6) ORDER BY m.id DESC LIMIT $3
            """, values, read)
    }

    /// The oldest texts newer than an id, oldest first.
    func texts(in channel: Channel, after id: Int64, limit: Int) throws -> [Message] {
        try query(
            """
            SELECT m.id, m.kind, m.content, m.created_at, m.edited_at, m.author_id, COALESCE(a.username, m.author_name, ''),
                a.display_name, COALESCE(a.avatar_url, m.author_avatar_url), m.webhook_id, m.post
            FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
            WHERE m.channel_id = $1 AND m.id > $2 AND m.kind = 0 ORDER BY m.id LIMIT $3
            """, [.integer(channel.id.rawValue), .integer(id), .integer(Int64(limit))]
        ) { try Message($0, in: channel.id, of: channel.spaceID) }
    }

    /// The newest texts older than an id, newest first.
    func texts(in channel: Channel, before id: Int64, limit: Int) throws -> [Message] {
        try messages(in: channel, before: id, limit: limit, kinds: [.text])
    }
}

extension Transaction {
    func insert(_ message: Message) throws {
        let values: [SQLValue] = [
            .integer(message.channelID.rawValue), .integer(message.id.rawValue), .integer(message.author.id.rawValue),
            .integer(message.kind.rawValue), .text(message.content), .integer(message.createdAt.microseconds),
        ]
        if let webhook = message.webhook {
            try execute(
                """
                INSERT INTO messages (
                    channel_id, id, author_id, kind, content, created_at, webhook_id, author_name, author_avatar_url, post)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                values + [
                    .integer(webhook.id.rawValue), .text(message.author.username), .optional(message.author.avatarURL),
                    .optional(webhook.stored),
                ])
        } else {
            try execute(
                "INSERT INTO messages (channel_id, id, author_id, kind, content, created_at) VALUES ($1, $2, $3, $4, $5, $6)", values)
        }
        // Another node may have written a later message first.
        let place: [SQLValue] = [.integer(message.id.rawValue), .integer(message.channelID.rawValue)]
        if message.kind == .text {
            try execute(
                """
                UPDATE channels SET last_text_message_id = $1,
                    last_message_id = CASE WHEN last_message_id > $1 THEN last_message_id ELSE $1 END
                WHERE id = $2 AND (last_text_message_id IS NULL OR last_text_message_id < $1)
                """, place)
        } else {
            try execute(
                "UPDATE channels SET last_message_id = $1 WHERE id = $2 AND (last_message_id IS NULL OR last_message_id < $1)", place)
        }
    }

    /// Marks a message with its author's nonce.
    ///
    /// - Returns: the message that the nonce already stands for, when that was sent within the last five minutes.
    func claim(_ nonce: String, for id: MessageID, by author: AccountID, in channel: Channel) throws -> Message? {
        let key: [SQLValue] = [.integer(author.rawValue), .integer(channel.id.rawValue), .text(nonce)]
        let value: [SQLValue] = [.integer(id.rawValue), .integer(now.microseconds)]
        let windowStart = SQLValue.integer(now.adding(seconds: -Limits.nonceSeconds).microseconds)
        // One statement claims it or finds it claimed; of two at once, on this node or another, one gets it.
        let claimed = try execute(
            """
            INSERT INTO message_nonces (author_id, channel_id, nonce, message_id, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (author_id, channel_id, nonce) DO UPDATE SET message_id = excluded.message_id, created_at = excluded.created_at
            WHERE message_nonces.created_at <= $6
            """, key + value + [windowStart])
        if claimed == 1 { return nil }
        let known = try first(
            "SELECT message_id FROM message_nonces WHERE author_id = $1 AND channel_id = $2 AND nonce = $3", key
        ) { MessageID(try $0.integer(0)) }
        if let known, let message = try message(known, in: channel) { return message }
        // The first message is gone: the nonce is free again.
        try execute(
            "UPDATE message_nonces SET message_id = $4, created_at = $5 WHERE author_id = $1 AND channel_id = $2 AND nonce = $3",
            key + value)
        return nil
    }
}
