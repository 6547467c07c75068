public import Primitives

/// The id of a webhook that others post to.
public typealias WebhookID = Identifier<IncomingWebhook>

/// A way for other programs to post in a channel (contracts/cosmos.md 9.1). It never carries its token or secret.
public struct IncomingWebhook: Sendable, Equatable {
    /// The id.
    public var id: WebhookID
    /// The channel.
    public var channelID: ChannelID
    /// The space of the channel.
    public var spaceID: SpaceID
    /// The ids that Cosmos knows the channel and its galaxy by.
    public var channelWireID: String
    /// The galaxy.
    public var galaxyID: String
    /// The channel's name: some senders say where they want to post.
    public var channelName: String
    /// Who has made it, as Cosmos knows them; nil for a metadata server.
    public var creatorID: String?
    /// 1 to 80 characters.
    public var name: String
    /// The address of a picture.
    public var avatarURL: String?
    /// What its messages may do.
    public var permissions: Permissions
    /// Whether deliveries of GitHub are signed.
    public var hasGitHubSecret: Bool
    /// When it was made.
    public var createdAt: Timestamp
}

/// What somebody sends to make a webhook: trimmed, then checked.
public struct WebhookDraft: Sendable {
    let name: String
    let avatarURL: String?
    let gitHubSecret: String?
    let permissions: Permissions

    /// - Parameters:
    ///   - name: 1 to 80 characters.
    ///   - avatarURL: an https address; an empty one counts as none.
    ///   - gitHubSecret: 16 to 128 characters.
    ///   - permissions: of SEND_MESSAGES, EMBED_LINKS and MENTION_EVERYONE; nil: the first two.
    /// - Throws: `CommunityError.invalid`, `.invalidPermissions`.
    public init(name: String, avatarURL: String? = nil, gitHubSecret: String? = nil, permissions: Permissions? = nil)
        throws(CommunityError)
    {
        self.name = name.trimmed
        self.avatarURL = avatarURL?.isEmpty == true ? nil : avatarURL
        self.gitHubSecret = gitHubSecret
        self.permissions = permissions ?? .webhookDefault
        var checks = FieldChecks()
        checks.webhook(name: self.name, avatarURL: self.avatarURL, gitHubSecret: gitHubSecret)
        try checks.finish()
        try self.permissions.requireWebhooks()
    }
}

/// What somebody wants to change about a webhook.
public struct WebhookChanges: Sendable {
    /// Nil: as it is.
    public var name: String?
    /// The address of its picture.
    public var avatarURL: Change<String>
    /// Another text channel of the same galaxy, as Cosmos knows it; nil: the same.
    public var channelID: String?
    /// What GitHub signs with.
    public var gitHubSecret: Change<String>
    /// Nil: as they are.
    public var permissions: Permissions?

    /// Changes; what is not named stays as it is.
    public init(
        name: String? = nil, avatarURL: Change<String> = .keep, channelID: String? = nil, gitHubSecret: Change<String> = .keep,
        permissions: Permissions? = nil
    ) {
        self.name = name
        self.avatarURL = avatarURL
        self.channelID = channelID
        self.gitHubSecret = gitHubSecret
        self.permissions = permissions
    }

    /// - Throws: `CommunityError.invalid`, `.invalidPermissions`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.webhook(name: name?.trimmed ?? "-", avatarURL: avatarURL.emptyAsNone.newValue, gitHubSecret: gitHubSecret.newValue)
        try checks.finish()
        try permissions?.requireWebhooks()
    }
}

extension FieldChecks {
    fileprivate mutating func webhook(name: String, avatarURL: String?, gitHubSecret: String?) {
        line(name, in: 1...PostLimits.username, "name")
        address(avatarURL, "webhook_avatar", secureOnly: true)
        line(gitHubSecret, in: Limits.gitHubSecret, "github_secret")
    }
}

extension Permissions {
    /// What a webhook may do unless somebody says otherwise.
    static let webhookDefault: Permissions = [.sendMessages, .embedLinks]
    /// What a webhook can be allowed. There are no attachments here, so nothing could be attached.
    static let webhook: Permissions = [.sendMessages, .embedLinks, .mentionEveryone]

    /// - Throws: `CommunityError.invalidPermissions`.
    fileprivate func requireWebhooks() throws(CommunityError) {
        guard isSubset(of: .webhook) else {
            throw .invalidPermissions("A webhook has some of \(Permissions.webhook.names.joined(separator: ", ")).")
        }
    }
}
