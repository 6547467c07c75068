public import Primitives

/// A place with channels and members: a server of Chat, a galaxy of Cosmos. One of them is the home space (DESIGN section 7).
public struct Space: Sendable, Equatable {
    /// The id.
    public var id: SpaceID
    /// 1 to 100 characters.
    public var name: String
    /// At most 1024 characters.
    public var description: String?
    /// The address of a picture.
    public var iconURL: String?
    /// Who may do everything; the home space has no owner until there is an administrator.
    public var ownerID: AccountID?
    /// How many members there are.
    public var memberCount: Int
    /// Whether it is the home space, whose channels have members of their own.
    public var isHome: Bool
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp

    /// A space with all its parts.
    public init(
        id: SpaceID, name: String, description: String? = nil, iconURL: String? = nil, ownerID: AccountID?, memberCount: Int,
        isHome: Bool = false, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.iconURL = iconURL
        self.ownerID = ownerID
        self.memberCount = memberCount
        self.isHome = isHome
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A space with what a member sees in it.
public struct SpaceDetail: Sendable, Equatable {
    /// The space.
    public var space: Space
    /// The channels that the member sees, by position and then id.
    public var channels: [Channel]
    /// The first 1000 members by account id.
    public var members: [Member]

    /// A space with channels and members.
    public init(space: Space, channels: [Channel], members: [Member]) {
        self.space = space
        self.channels = channels
        self.members = members
    }
}
