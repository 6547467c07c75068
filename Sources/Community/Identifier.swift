/// The id of one kind of object: 53 bits, safe as a JSON number (DESIGN section 5). `Subject` only keeps kinds apart; it is never stored.
public struct Identifier<Subject>: Hashable, Comparable, Sendable {
    /// The number that stands in the database.
    public let rawValue: Int64

    /// Names the object of that number, whether it exists or not.
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// By number: an object made later has the greater id.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Stands for logins, which have no type of their own.
public enum SessionSubject {}

/// Stands for roles, which have no type of their own.
public enum RoleSubject {}

/// The id of an account.
public typealias AccountID = Identifier<Account>
/// The id of a login.
public typealias SessionID = Identifier<SessionSubject>
/// The id of a space.
public typealias SpaceID = Identifier<Space>
/// The id of a channel.
public typealias ChannelID = Identifier<Channel>
/// The id of a message.
public typealias MessageID = Identifier<Message>
/// The id of a role. The role `everyone` of a space has the id of the space (contracts/cosmos.md 6.3).
public typealias RoleID = Identifier<RoleSubject>
