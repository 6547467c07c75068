internal import Primitives
internal import Storage

extension Community {
    /// Posts a message and returns it once it is durable. Needs SEND_MESSAGES.
    ///
    /// The event `messageCreated` is committed with it. The same author, channel and nonce within five minutes return the first message again, with
    /// `isNew` false and no event.
    ///
    /// - Parameters:
    ///   - content: 1 to 2000 Unicode scalars, kept as sent.
    ///   - nonce: at most 25 characters; an empty one counts as none.
    /// - Throws: `CommunityError.emptyMessage`, `.invalid`, `.unknownChannel`, `.missingAccess`, `.missingPermission`.
    public func createMessage(
        in channel: ChannelID, by account: AccountID, content: String, nonce: String? = nil
    ) async throws -> (Message, isNew: Bool) {
        let draft = try MessageDraft(content: content, nonce: nonce)
        return try await write { tx in
            let standing = try tx.standing(of: account, in: channel, at: tx.now)
            try standing.require(.sendMessages)
            let id = MessageID(tx.nextID())
            if let nonce = draft.nonce, var earlier = try tx.claim(nonce, for: id, by: account, in: standing.channel) {
                earlier.nonce = nonce
                return (earlier, isNew: false)
            }
            return (try tx.post(draft, as: id, in: standing), isNew: true)
        }
    }

    /// One message. Needs READ_MESSAGE_HISTORY.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.missingPermission`, `.unknownMessage` also for a message of another channel.
    public func message(_ id: MessageID, in channel: ChannelID, for account: AccountID) async throws -> Message {
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: channel, at: now)
            try standing.require(.reading)
            guard let message = try reader.message(id, in: standing.channel), message.kind == .text else {
                throw CommunityError.unknownMessage
            }
            return message
        }
    }

    /// A page of a channel's messages, newest first. Needs READ_MESSAGE_HISTORY.
    ///
    /// A page costs the same at any place of a history of any length, and stays the same while new messages come.
    ///
    /// - Parameter limit: 1 to 100 messages; more than 100 is treated as 100.
    /// - Throws: `CommunityError.invalid` for a limit below 1, `.unknownChannel`, `.missingAccess`, `.missingPermission`.
    public func history(_ channel: ChannelID, for account: AccountID, anchor: HistoryAnchor, limit: Int) async throws -> Page<Message> {
        var checks = FieldChecks()
        checks.number(min(limit, Limits.page.upperBound), in: Limits.page, "limit")
        try checks.finish()
        let limit = min(limit, Limits.page.upperBound)
        let now = clock()
        return try await read { reader in
            let standing = try reader.standing(of: account, in: channel, at: now)
            try standing.require(.reading)
            return try reader.page(of: standing.channel, anchor, limit: limit)
        }
    }
}

extension SQLReader {
    /// One more than the page holds is read, to know whether there are more.
    fileprivate func page(of channel: Channel, _ anchor: HistoryAnchor, limit: Int) throws -> Page<Message> {
        switch anchor {
        case .latest:
            return Page(newestFirst: try texts(in: channel, before: .max, limit: limit + 1), limit: limit)
        case .before(let id):
            return Page(newestFirst: try texts(in: channel, before: id.rawValue, limit: limit + 1), limit: limit)
        case .after(let id):
            let newer = try texts(in: channel, after: id.rawValue, limit: limit + 1)
            return Page(items: newer.prefix(limit).reversed(), hasMore: newer.count > limit)
        case .around(let id):
            // The message itself counts as newer. Where one side is short, the other fills the page.
            let start = max(id.rawValue, 1) - 1
            var newer = try texts(in: channel, after: start, limit: limit - limit / 2)
            let older = try texts(in: channel, before: id.rawValue, limit: limit - newer.count + 1)
            if older.count < limit / 2, newer.count == limit - limit / 2 {
                newer = try texts(in: channel, after: start, limit: limit - older.count)
            }
            let olderCount = min(older.count, limit - newer.count)
            return Page(items: newer.reversed() + older.prefix(olderCount), hasMore: older.count > olderCount)
        }
    }
}

extension Page {
    /// A page of a list that is one longer when there are more.
    fileprivate init(newestFirst items: [Item], limit: Int) {
        self.init(items: Array(items.prefix(limit)), hasMore: items.count > limit)
    }
}
