/// What a webhook says, whatever form it came in: a text, and things to show beside it (contracts/cosmos.md 9.2).
public struct WebhookPost: Sendable, Equatable {
    /// At most 2000 Unicode scalars; may be empty when there is something else.
    public var content: String
    /// Shown instead of the webhook's name: 1 to 80 characters.
    public var username: String?
    /// Shown instead of the webhook's picture: an https address, which this server never fetches.
    public var avatarURL: String?
    /// Things to show, at most ten.
    public var embeds: [MessageEmbed]
    /// Whom the text may call.
    public var mentions: MentionRules
    /// Whether nobody shall be notified.
    public var isSilent: Bool

    /// A post with all its parts.
    public init(
        content: String = "", username: String? = nil, avatarURL: String? = nil, embeds: [MessageEmbed] = [],
        mentions: MentionRules = MentionRules(), isSilent: Bool = false
    ) {
        self.content = content
        self.username = username
        self.avatarURL = avatarURL
        self.embeds = embeds
        self.mentions = mentions
        self.isSilent = isSilent
    }
}

/// Whom a post may call (contracts/cosmos.md 9.2, `allowed_mentions`). Nobody is called because a text happens to name them.
public struct MentionRules: Sendable, Equatable {
    /// Which users.
    public var users: Audience
    /// Whether the post may call everybody; the webhook needs MENTION_EVERYONE as well.
    public var everyone: Bool

    /// Users, and nobody else, unless said otherwise.
    public init(users: Audience = .all, everyone: Bool = false) {
        self.users = users
        self.everyone = everyone
    }

    /// Which users may be called.
    public enum Audience: Sendable, Equatable {
        /// All that the text names.
        case all
        /// Of those that the text names only these, as Cosmos knows them.
        case only(Set<String>)
    }
}
