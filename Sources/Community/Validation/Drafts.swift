internal import Primitives

/// What somebody sends to make a space: trimmed, then checked.
struct SpaceDraft {
    let name: String
    let description: String?
    let iconURL: String?

    /// - Throws: `CommunityError.invalid`.
    init(name: String, description: String?, iconURL: String?) throws(CommunityError) {
        self.name = name.trimmed
        self.description = description
        self.iconURL = iconURL
        var checks = FieldChecks()
        checks.line(self.name, in: Limits.spaceName, "name")
        checks.text(description, in: Limits.description, "description")
        checks.line(iconURL, in: Limits.pictureURL, "icon_url")
        try checks.finish()
    }
}

/// What somebody sends to make a channel: trimmed, then checked.
struct ChannelDraft {
    let name: String
    let topic: String?
    let position: Int?

    /// - Throws: `CommunityError.invalid`.
    init(name: String, topic: String? = nil, position: Int? = nil) throws(CommunityError) {
        self.name = name.trimmed
        self.topic = topic
        self.position = position
        var checks = FieldChecks()
        checks.line(self.name, in: Limits.channelName, "name")
        checks.text(topic, in: Limits.topic, "topic")
        checks.number(position, in: Limits.position, "position")
        try checks.finish()
    }
}

/// What somebody sends to make an invite to a space.
struct InviteDraft {
    let maximumAge: Int
    let maximumUses: Int

    /// - Throws: `CommunityError.invalid`.
    init(maximumAge: Int, maximumUses: Int) throws(CommunityError) {
        self.maximumAge = maximumAge
        self.maximumUses = maximumUses
        var checks = FieldChecks()
        checks.number(maximumAge, in: Limits.inviteAge, "max_age")
        checks.number(maximumUses, in: Limits.inviteUses, "max_uses")
        try checks.finish()
    }
}

/// What somebody sends to say something. The content is kept as sent.
struct MessageDraft {
    let content: String
    /// Nil when there is none; an empty one marks nothing and counts as none.
    let nonce: String?

    /// - Parameter limit: characters of the content.
    /// - Throws: `CommunityError.emptyMessage` for nothing but whitespace, `.invalid`.
    init(content: String, nonce: String?, limit: ClosedRange<Int> = Limits.content) throws(CommunityError) {
        if content.isBlank { throw .emptyMessage }
        self.content = content
        self.nonce = nonce?.isEmpty == true ? nil : nonce
        var checks = FieldChecks()
        checks.text(content, in: limit, "content")
        checks.text(self.nonce, in: Limits.nonce, "nonce")
        try checks.finish()
    }
}
