/// What a channel allows or denies beyond its default (contracts/cosmos.md 6.3).
public struct PermissionOverride: Sendable, Equatable {
    /// Whom it is for, and which way. The numbers stand in the database and on the wire of Cosmos.
    public enum Kind: Int64, Sendable {
        /// Allows to those who have a role.
        case roleAllow = 0
        /// Allows to one account.
        case memberAllow = 1
        /// Denies to those who have a role.
        case roleDeny = 2
        /// Denies to one account.
        case memberDeny = 3
    }

    /// Whom it is for, and which way.
    public var kind: Kind
    /// The role or account; the id of the space as a role means everyone.
    public var targetID: Int64
    /// The bits, out of `Permissions.channel`.
    public var permissions: Permissions

    /// An override.
    public init(kind: Kind, targetID: Int64, permissions: Permissions) {
        self.kind = kind
        self.targetID = targetID
        self.permissions = permissions
    }
}
