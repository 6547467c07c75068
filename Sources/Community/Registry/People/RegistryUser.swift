public import Primitives
public import Storage

/// Somebody as the registry knows them: the account with what it may do, where it is at home and its pictures.
public struct RegistryUser: Sendable, Equatable {
    /// The account.
    public var account: Account
    /// The tags that were given to this account; those that everybody has are not among them.
    public var tags: [String]
    /// The world that the account begins in, as it was named.
    public var home: String?
    /// The picture that was uploaded for the account.
    public var thumbnail: Picture?
    /// The wide picture.
    public var banner: Picture?
    /// Who it is at home; nil for people of this server.
    public var external: ExternalName?
    /// What it is called at home, when that is another server: names of this one are for its own people.
    public var externalUsername: String?

    /// Somebody with all parts.
    public init(
        account: Account, tags: [String] = [], home: String? = nil, thumbnail: Picture? = nil, banner: Picture? = nil,
        external: ExternalName? = nil, externalUsername: String? = nil
    ) {
        self.account = account
        self.tags = tags
        self.home = home
        self.thumbnail = thumbnail
        self.banner = banner
        self.external = external
        self.externalUsername = externalUsername
    }

    /// The id.
    public var id: AccountID { account.id }

    /// What it is called, at home.
    public var username: String { externalUsername ?? account.username }

    /// The tags as they are shown: with that of an administrator.
    public var shownTags: [String] { account.isAdministrator ? [AccountTag.admin] + tags : tags }

    /// Whether somebody may do what a tag stands for: people of other servers have tags of their own.
    public func may(_ tag: String, _ settings: CommunitySettings) -> Bool {
        account.isAdministrator || tags.contains(tag) || settings.defaults(of: self).contains(tag)
    }
}

/// How somebody names a person.
public enum UserSelector: Sendable, Equatable {
    /// By the number of the account.
    case id(AccountID)
    /// By the username, as it is written.
    case username(String)
}

/// A picture that was uploaded, as PNG.
public struct Picture: Sendable, Equatable {
    /// What it is a picture of.
    public enum Role: Int64, Sendable {
        /// The square one.
        case thumbnail = 0
        /// The wide one.
        case banner = 1
    }

    /// The bytes.
    public var blob: StoredBlob
    /// When it was uploaded.
    public var updatedAt: Timestamp

    /// A picture.
    public init(blob: StoredBlob, updatedAt: Timestamp) {
        self.blob = blob
        self.updatedAt = updatedAt
    }
}
