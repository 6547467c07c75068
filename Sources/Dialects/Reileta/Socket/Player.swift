internal import Community
internal import Primitives

/// Somebody in an instance, through one socket (contracts/reileta.md 4.6).
struct Player: Sendable {
    /// The id on the wire.
    var id: String
    /// Who it is.
    var account: Account
    /// The name on the wire, with the server that it is at home on.
    var user: String
    /// What it may do.
    var role: InstanceRole
    /// Whether the instance is its own.
    var isOwner: Bool
    /// Whether it is a program.
    var isBot: Bool
    /// Since when it is there.
    var joinedAt: Timestamp
}
