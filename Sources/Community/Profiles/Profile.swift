public import Primitives
public import Storage

/// Stands for profiles in ids.
public typealias ProfileID = Identifier<Profile>

/// A mod profile that somebody shares (contracts/gale.md 7): what its archive says, and where the archive is.
public struct Profile: Sendable, Equatable {
    /// The id.
    public var id: ProfileID
    /// How it is known outside.
    public var code: ProfileCode
    /// Whose it is, as it is now.
    public var owner: ProfileOwner
    /// What the archive says of itself.
    public var manifest: ProfileManifest
    /// The archive, byte by byte as it was sent.
    public var archive: StoredBlob
    /// How often it was downloaded.
    public var downloads: Int64
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last; rises with every change.
    public var updatedAt: Timestamp

    /// A profile with all its parts.
    public init(
        id: ProfileID, code: ProfileCode, owner: ProfileOwner, manifest: ProfileManifest, archive: StoredBlob, downloads: Int64,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.code = code
        self.owner = owner
        self.manifest = manifest
        self.archive = archive
        self.downloads = downloads
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Somebody as the users of profiles see them: as Discord knows them, or as this server does.
public struct ProfileOwner: Sendable, Equatable {
    /// The account.
    public var id: AccountID
    /// Discord's id, or the number of the account.
    public var discordID: String
    /// The unique name.
    public var name: String
    /// The name that is shown.
    public var displayName: String
    /// The hash of Discord's picture; nil without one.
    public var avatar: String?

    /// An owner with all its parts.
    public init(id: AccountID, discordID: String, name: String, displayName: String, avatar: String? = nil) {
        self.id = id
        self.discordID = discordID
        self.name = name
        self.displayName = displayName
        self.avatar = avatar
    }
}
