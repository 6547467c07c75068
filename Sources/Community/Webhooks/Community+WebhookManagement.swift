internal import Primitives
internal import Storage

/// Who makes, sees and changes webhooks: those with MANAGE_WEBHOOKS in the channel (contracts/cosmos.md 9.1).
extension Community {
    /// Makes a webhook in a text channel.
    ///
    /// - Returns: the webhook and its token, which nobody can be told again.
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.cannotGrant` for permissions that the actor lacks in
    ///   the channel, `.invalid` for a channel of another kind, `.limitReached`, `.spaceSuspended`.
    public func createWebhook(
        in channelID: String, of galaxy: String, by actor: Actor, _ draft: WebhookDraft
    ) async throws -> (webhook: IncomingWebhook, token: WebhookToken) {
        let token = WebhookToken()
        return try await write { tx in
            let (space, record, holder) = try tx.channelWithWebhooks(channelID, of: galaxy, for: actor, at: tx.now)
            try record.requireText()
            try draft.permissions.requireHeld(by: holder)
            try tx.requireRoomForWebhook(in: record.channel.id)
            let id = WebhookID(tx.nextID())
            try tx.execute(
                """
                INSERT INTO incoming_webhooks (
                    id, space_id, channel_id, creator_id, name, avatar_url, token_hash, github_secret, permissions, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                [
                    .integer(id.rawValue), .integer(space.id.rawValue), .integer(record.channel.id.rawValue),
                    .integer(actor.accountID.rawValue), .text(draft.name), .optional(draft.avatarURL),
                    .blob(WebhookToken.hash(token.text)), .optional(draft.gitHubSecret), .integer(draft.permissions.rawValue),
                    .integer(tx.now.microseconds),
                ])
            try tx.audit(id, by: actor, in: space.id, "made")
            return (try tx.found(id), token)
        }
    }

    /// The webhooks of a channel, in the order they were made.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.spaceSuspended`.
    public func webhooks(of channelID: String, of galaxy: String, for actor: Actor) async throws -> [IncomingWebhook] {
        let now = clock()
        return try await read { reader in
            let (_, record, _) = try reader.channelWithWebhooks(channelID, of: galaxy, for: actor, at: now)
            return try reader.webhooks(of: record.channel.id).map(\.webhook)
        }
    }

    /// One webhook of a channel.
    ///
    /// - Throws: as `webhooks`, and `CommunityError.unknownWebhook` also for one of another channel.
    public func webhook(_ id: WebhookID, in channelID: String, of galaxy: String, for actor: Actor) async throws -> IncomingWebhook {
        let now = clock()
        return try await read { reader in
            let (_, record, _) = try reader.channelWithWebhooks(channelID, of: galaxy, for: actor, at: now)
            return try reader.webhook(id, in: record.channel.id).webhook
        }
    }

    /// Changes a webhook; another channel needs MANAGE_WEBHOOKS there as well.
    ///
    /// - Throws: as `createWebhook`, and `CommunityError.unknownWebhook`.
    public func updateWebhook(
        _ id: WebhookID, in channelID: String, of galaxy: String, by actor: Actor, _ changes: WebhookChanges
    ) async throws -> IncomingWebhook {
        try changes.check()
        return try await write { tx in
            let (space, record, held) = try tx.channelWithWebhooks(channelID, of: galaxy, for: actor, at: tx.now)
            let present = try tx.webhook(id, in: record.channel.id)
            var (target, holder) = (record, held)
            if let wanted = changes.channelID, wanted != present.webhook.channelWireID {
                (_, target, holder) = try tx.channelWithWebhooks(wanted, of: galaxy, for: actor, at: tx.now)
                try target.requireText()
                try tx.requireRoomForWebhook(in: target.channel.id)
            }
            let permissions = changes.permissions ?? present.webhook.permissions
            // What it had is not given again, unless it is taken to another place.
            let isMoved = target.channel.id != record.channel.id
            try permissions.subtracting(isMoved ? [] : present.webhook.permissions).requireHeld(by: holder)
            try tx.execute(
                """
                UPDATE incoming_webhooks SET name = $1, avatar_url = $2, channel_id = $3, github_secret = $4, permissions = $5 WHERE id = $6
                """,
                [
                    .text(changes.name?.trimmed ?? present.webhook.name),
                    .optional(changes.avatarURL.emptyAsNone.applied(to: present.webhook.avatarURL)),
                    .integer(target.channel.id.rawValue), .optional(changes.gitHubSecret.applied(to: present.gitHubSecret)),
                    .integer(permissions.rawValue), .integer(id.rawValue),
                ])
            try tx.audit(id, by: actor, in: space.id, "changed")
            return try tx.found(id)
        }
    }

    /// Gives a webhook another token; the old one is good for nothing at once.
    ///
    /// - Throws: as `webhook`.
    public func rotateWebhook(
        _ id: WebhookID, in channelID: String, of galaxy: String, by actor: Actor
    ) async throws -> (webhook: IncomingWebhook, token: WebhookToken) {
        let token = WebhookToken()
        return try await write { tx in
            let (space, record, _) = try tx.channelWithWebhooks(channelID, of: galaxy, for: actor, at: tx.now)
            let webhook = try tx.webhook(id, in: record.channel.id).webhook
            try tx.execute(
                "UPDATE incoming_webhooks SET token_hash = $1 WHERE id = $2",
                [.blob(WebhookToken.hash(token.text)), .integer(id.rawValue)])
            try tx.audit(id, by: actor, in: space.id, "given another token")
            return (webhook, token)
        }
    }

    /// Removes a webhook; its messages stay.
    ///
    /// - Throws: as `webhook`.
    public func deleteWebhook(_ id: WebhookID, in channelID: String, of galaxy: String, by actor: Actor) async throws {
        try await write { tx in
            let (space, record, _) = try tx.channelWithWebhooks(channelID, of: galaxy, for: actor, at: tx.now)
            _ = try tx.webhook(id, in: record.channel.id)
            try tx.execute("DELETE FROM incoming_webhooks WHERE id = $1", [.integer(id.rawValue)])
            try tx.audit(id, by: actor, in: space.id, "removed")
        }
    }
}

extension SQLReader {
    /// A channel whose webhooks the actor may see and change, and what the actor may do there.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.spaceSuspended`.
    fileprivate func channelWithWebhooks(
        _ channelID: String, of galaxy: String, for actor: Actor, at now: Timestamp
    ) throws -> (space: Space, record: GalaxyChannelRecord, holder: Permissions) {
        let space = try participation(of: actor, in: galaxy, at: now)
        guard let (listing, account) = try listing(of: space.id, for: actor.viewer, at: now) else { throw CommunityError.unknownChannel }
        let record = try record(channelID, in: space.id, for: account)
        var permissions = listing.permissions(in: record)
        guard permissions.contains(.viewChannel) else { throw CommunityError.unknownChannel }
        // A channel of the home space has members with few permissions each; what else there is to decide is its owner's.
        if record.channel.hasMembership, record.channel.ownerID == account { permissions.formUnion([.manageWebhooks, .embedLinks]) }
        guard permissions.contains(.manageWebhooks) else { throw CommunityError.missingPermission(.manageWebhooks) }
        return (space, record, permissions)
    }

    /// - Throws: `CommunityError.unknownWebhook` also for one of another channel.
    fileprivate func webhook(_ id: WebhookID, in channel: ChannelID) throws -> WebhookRecord {
        guard let record = try webhook(id), record.webhook.channelID == channel else { throw CommunityError.unknownWebhook }
        return record
    }

    /// - Throws: `CommunityError.unknownWebhook`.
    func found(_ id: WebhookID) throws -> IncomingWebhook {
        guard let record = try webhook(id) else { throw CommunityError.unknownWebhook }
        return record.webhook
    }
}

extension Transaction {
    fileprivate func requireRoomForWebhook(in channel: ChannelID) throws {
        let count = try first("SELECT COUNT(*) FROM incoming_webhooks WHERE channel_id = $1", [.integer(channel.rawValue)]) {
            Int(try $0.integer(0))
        }
        guard count ?? 0 < Limits.webhooksPerChannel else {
            throw CommunityError.limitReached(name: "webhooks per channel", limit: Limits.webhooksPerChannel)
        }
    }

    fileprivate func audit(_ id: WebhookID, by actor: Actor, in space: SpaceID, _ what: String) throws {
        let details = actor.origin.map { "\(what) by \($0)" } ?? what
        try audit(.webhookChanged, by: actor.accountID, in: space, subject: id.rawValue, details: details)
    }
}

extension GalaxyChannelRecord {
    /// - Throws: `CommunityError.invalid`.
    fileprivate func requireText() throws(CommunityError) {
        guard channel.kind != .text else { return }
        throw .invalid([
            InvalidField(name: "channel_id", code: "BASE_TYPE_CHOICES", message: "Only text channels have webhooks.")
        ])
    }
}

extension Permissions {
    /// - Throws: `CommunityError.cannotGrant`.
    fileprivate func requireHeld(by holder: Permissions) throws(CommunityError) {
        let lacking = subtracting(holder)
        guard lacking.isEmpty else { throw .cannotGrant(lacking) }
    }
}
