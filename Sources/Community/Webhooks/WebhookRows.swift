internal import Primitives
internal import Security
internal import Storage

/// A webhook with what only this server knows of it.
struct WebhookRecord {
    var webhook: IncomingWebhook
    var tokenHash: [UInt8]
    var gitHubSecret: String?
    /// What the metadata server has said of the galaxy.
    var flags: SpaceFlags

    /// From the columns of `SQLReader.webhook`.
    init(_ row: Row) throws(DatabaseError) {
        let space = SpaceID(try row.integer(1))
        let channel = ChannelID(try row.integer(2))
        let creator = try row.integer(3)
        webhook = IncomingWebhook(
            id: WebhookID(try row.integer(0)), channelID: channel, spaceID: space,
            channelWireID: try row.optionalText(10) ?? String(channel.rawValue),
            galaxyID: try row.optionalText(12) ?? String(space.rawValue), channelName: try row.optionalText(11) ?? "",
            creatorID: creator == 0 ? nil : try row.optionalText(15) ?? String(creator), name: try row.text(4),
            avatarURL: try row.optionalText(5), permissions: Permissions(rawValue: try row.integer(8)),
            hasGitHubSecret: try row.optionalText(7) != nil, createdAt: Timestamp(microseconds: try row.integer(9)))
        tokenHash = try row.blob(6)
        gitHubSecret = try row.optionalText(7)
        flags = SpaceFlags(publicBits: try row.integer(13), privateBits: try row.integer(14))
    }
}

extension SQLReader {
    /// A webhook by its id. One of a galaxy that is put away is out of reach.
    func webhook(_ id: WebhookID) throws -> WebhookRecord? {
        try first(
            """
            SELECT w.id, w.space_id, w.channel_id, w.creator_id, w.name, w.avatar_url, w.token_hash, w.github_secret, w.permissions,
                w.created_at, c.external_id, c.name, s.external_id, s.public_flags, s.private_flags, l.subject
            FROM incoming_webhooks w
            JOIN channels c ON c.id = w.channel_id
            JOIN spaces s ON s.id = w.space_id AND s.deleted_at IS NULL
            LEFT JOIN linked_identities l ON l.account_id = w.creator_id AND l.provider = $2
            WHERE w.id = $1
            """, [.integer(id.rawValue), .text(IdentityProvider.cosmos)]
        ) { try WebhookRecord($0) }
    }

    /// The webhooks of a channel, in the order they were made.
    func webhooks(of channel: ChannelID) throws -> [WebhookRecord] {
        try query(
            """
            SELECT w.id, w.space_id, w.channel_id, w.creator_id, w.name, w.avatar_url, w.token_hash, w.github_secret, w.permissions,
                w.created_at, c.external_id, c.name, s.external_id, s.public_flags, s.private_flags, l.subject
            FROM incoming_webhooks w
            JOIN channels c ON c.id = w.channel_id
            JOIN spaces s ON s.id = w.space_id AND s.deleted_at IS NULL
            LEFT JOIN linked_identities l ON l.account_id = w.creator_id AND l.provider = $2
            WHERE w.channel_id = $1 ORDER BY w.id
            """, [.integer(channel.rawValue), .text(IdentityProvider.cosmos)]
        ) { try WebhookRecord($0) }
    }

    /// The webhook that somebody has the token of.
    ///
    /// - Throws: `CommunityError.unknownWebhook`, after the same work for an unknown id as for a wrong token.
    func webhook(_ id: WebhookID, token: String) throws -> WebhookRecord {
        let record = try webhook(id)
        let isRight = constantTimeEquals(WebhookToken.hash(token), record?.tokenHash ?? [UInt8](repeating: 0, count: SHA256.length))
        guard let record, isRight else { throw CommunityError.unknownWebhook }
        return record
    }

    /// The id of the webhook of a token, where the token is all that a sender has. The hash is looked up, which tells nothing about the token.
    func webhookID(token: String) throws -> WebhookID? {
        try first("SELECT id FROM incoming_webhooks WHERE token_hash = $1", [.blob(WebhookToken.hash(token))]) {
            WebhookID(try $0.integer(0))
        }
    }
}

extension Transaction {
    /// Removes the webhooks of a channel that ends.
    func removeWebhooks(of channel: ChannelID) throws {
        try execute("DELETE FROM incoming_webhooks WHERE channel_id = $1", [.integer(channel.rawValue)])
    }
}
