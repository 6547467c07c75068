public import Primitives

/// What a member is in a space, in the three words of contracts/chat.md section 2.
public enum MemberRole: String, Sendable {
    /// May do everything.
    case owner
    /// Has the built-in role with ADMINISTRATOR.
    case admin
    /// Has what `everyone` has, and roles.
    case member
}

/// Why somebody is no member any more.
public enum MemberRemovalReason: String, Sendable {
    /// Left.
    case left
    /// Was removed by somebody else.
    case kicked
    /// The space is gone.
    case serverDeleted = "server_deleted"
}

/// An account in a space.
public struct Member: Sendable, Equatable {
    /// The space.
    public var spaceID: SpaceID
    /// Who it is.
    public var account: Account
    /// What the member is there.
    public var role: MemberRole
    /// The name in this space.
    public var nickname: String?
    /// Since when.
    public var joinedAt: Timestamp

    /// A member with all parts.
    public init(spaceID: SpaceID, account: Account, role: MemberRole, nickname: String? = nil, joinedAt: Timestamp) {
        self.spaceID = spaceID
        self.account = account
        self.role = role
        self.nickname = nickname
        self.joinedAt = joinedAt
    }
}
