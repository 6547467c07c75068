public import Primitives

/// Somebody follows somebody.
public struct Follow: Sendable, Equatable {
    /// The number of the relation.
    public var id: Int64
    /// Who follows.
    public var follower: RegistryUser
    /// Who is followed.
    public var followee: RegistryUser
    /// Since when.
    public var createdAt: Timestamp
}

/// Whom somebody follows, and who follows back.
public struct Following: Sendable, Equatable {
    /// Those who are followed, in the order in which it began.
    public var following: [AccountID]
    /// Those of them who follow back.
    public var friends: [AccountID]
}
