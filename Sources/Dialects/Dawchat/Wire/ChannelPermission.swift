internal import Community

/// What a member of a channel may do, in the words of contracts/dawchat.md 1.4 and in their order.
enum ChannelPermission: String, CaseIterable {
    /// See the channel and its messages; every member has it.
    case read
    /// Write messages.
    case write
    /// Invite others, with permissions that the member has.
    case invite
    /// Rename the channel.
    case rename
    /// Remove members, and revoke invites of others.
    case removeUsers = "remove-users"

    /// The same in the permissions of the house (DESIGN section 7).
    var permissions: Permissions {
        switch self {
        case .read: .reading
        case .write: .sendMessages
        case .invite: .createInvite
        case .rename: .manageChannels
        case .removeUsers: .kickMembers
        }
    }

    /// Those that a set of permissions holds, in order.
    static func held(in permissions: Permissions) -> [ChannelPermission] {
        allCases.filter { permissions.isSuperset(of: $0.permissions) }
    }
}
