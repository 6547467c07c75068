public import Primitives

/// A profile as lists show it (contracts/gale.md 7.6): without its mods, of which a manifest may name many.
public struct ProfileSummary: Sendable, Equatable {
    /// The id.
    public var id: ProfileID
    /// How it is known outside.
    public var code: ProfileCode
    /// The name.
    public var name: String
    /// The game that it is for, when the archive says it.
    public var community: String?
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last; rises with every change.
    public var updatedAt: Timestamp

    /// A summary with all its parts.
    public init(id: ProfileID, code: ProfileCode, name: String, community: String?, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.code = code
        self.name = name
        self.community = community
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
