/// A space as Cosmos sees it (contracts/cosmos.md 1.5).
public struct Galaxy: Sendable, Equatable {
    /// The space.
    public var space: Space
    /// The metadata server's id for it, or its number.
    public var id: String
    /// How Cosmos knows its owner; empty for a home space that nobody owns yet.
    public var ownerID: String
    /// Names a picture on the metadata server.
    public var iconHash: String?
    /// What the metadata server says of it.
    public var flags: SpaceFlags
    /// The origin of the metadata server that has made it; nil for a space that was made here.
    public var source: String?

    /// A galaxy with all its parts.
    public init(space: Space, id: String, ownerID: String, iconHash: String? = nil, flags: SpaceFlags = SpaceFlags(), source: String? = nil)
    {
        self.space = space
        self.id = id
        self.ownerID = ownerID
        self.iconHash = iconHash
        self.flags = flags
        self.source = source
    }
}

/// What somebody sends to make a galaxy: trimmed, then checked.
public struct GalaxyDraft: Sendable {
    /// The metadata server's id for it.
    public let id: String
    /// How Cosmos knows its owner.
    public let ownerID: String
    let space: SpaceDraft
    let iconHash: String?
    let flags: SpaceFlags

    /// - Throws: `CommunityError.invalid`.
    public init(
        id: String, name: String, ownerID: String, description: String? = nil, iconHash: String? = nil, flags: SpaceFlags = SpaceFlags()
    ) throws(CommunityError) {
        self.id = id
        self.ownerID = ownerID
        self.iconHash = iconHash
        self.flags = flags
        space = try SpaceDraft(name: name, description: description?.isEmpty == true ? nil : description, iconURL: nil)
    }
}

/// What a metadata server has changed about a galaxy.
public struct GalaxyChanges: Sendable, Equatable {
    /// 1 to 100 characters, trimmed; nil: as it is.
    public var name: String?
    /// At most 1024 characters.
    public var description: Change<String>
    /// Names a picture on the metadata server.
    public var iconHash: Change<String>
    /// Nil: as they are.
    public var publicBits: Int64?
    /// Nil: as they are.
    public var privateBits: Int64?

    /// Changes; what is not named stays as it is.
    public init(
        name: String? = nil, description: Change<String> = .keep, iconHash: Change<String> = .keep, publicBits: Int64? = nil,
        privateBits: Int64? = nil
    ) {
        self.name = name
        self.description = description
        self.iconHash = iconHash
        self.publicBits = publicBits
        self.privateBits = privateBits
    }
}
