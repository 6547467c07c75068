public import Primitives

/// A code that lets people join a space.
public struct SpaceInvite: Sendable, Equatable {
    /// What people type or follow: 16 characters, 80 random bits.
    public var code: String
    /// Where it leads.
    public var spaceID: SpaceID
    /// Who made it.
    public var inviterID: AccountID
    /// How often it has been used.
    public var uses: Int
    /// How often it may be used; 0 means without limit.
    public var maximumUses: Int
    /// Until when it is good; nil means for ever.
    public var expiresAt: Timestamp?
    /// When it was made.
    public var createdAt: Timestamp

    /// An invite with all its parts.
    public init(
        code: String, spaceID: SpaceID, inviterID: AccountID, uses: Int = 0, maximumUses: Int = 0, expiresAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.code = code
        self.spaceID = spaceID
        self.inviterID = inviterID
        self.uses = uses
        self.maximumUses = maximumUses
        self.expiresAt = expiresAt
        self.createdAt = createdAt
    }

    /// Whether it can still be used.
    func isGood(at now: Timestamp) -> Bool {
        guard maximumUses == 0 || uses < maximumUses else { return false }
        return expiresAt.map { now < $0 } ?? true
    }
}

/// A token of 44 characters that lets one person register; every dialect takes it (contracts/configuration.md, "The setup code").
public struct AccountInvite: Sendable, Equatable {
    /// The token: kept as it is, because its maker may look at it again.
    public var token: String
    /// Who made it.
    public var inviterID: AccountID
    /// When it was made.
    public var createdAt: Timestamp
    /// Who has registered with it; nil as long as it is open.
    public var acceptedBy: Author?

    /// An invitation.
    public init(token: String, inviterID: AccountID, createdAt: Timestamp, acceptedBy: Author? = nil) {
        self.acceptedBy = acceptedBy
        self.token = token
        self.inviterID = inviterID
        self.createdAt = createdAt
    }
}
