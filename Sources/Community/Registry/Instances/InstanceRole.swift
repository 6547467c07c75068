/// What somebody may do in an instance (contracts/reileta.md 4.6), the most first.
public enum InstanceRole: String, Sendable, CaseIterable {
    /// Administers the server.
    case admin
    /// Owns the instance.
    case master
    /// Helps its owner.
    case moderator
    /// Anybody else.
    case normal

    /// Whether somebody of this role decides who comes in.
    public var decides: Bool { self != .normal }

    /// Whether somebody of this role may moderate somebody of another: administrators all but owners, owners their moderators and guests, moderators
    /// guests (contracts/reileta.md 4.6, "roles that may be moderated").
    public func mayModerate(_ other: InstanceRole) -> Bool {
        switch self {
        case .admin: other != .master
        case .master: other == .moderator || other == .normal
        case .moderator: other == .normal
        case .normal: false
        }
    }
}

extension Instance {
    /// What somebody may do here.
    public func role(of account: Account) -> InstanceRole {
        if account.isAdministrator { return .admin }
        if account.id == ownerID { return .master }
        return moderators.contains(account.id) ? .moderator : .normal
    }
}
