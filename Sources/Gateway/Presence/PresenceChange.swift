public import Community

/// What others are told of a person: it is shown in this way from now on.
public struct PresenceChange: Sendable, Equatable {
    /// Who.
    public let account: AccountID
    /// The account's username.
    public let username: String
    /// What others see.
    public let status: UserStatus
    /// Rises with every change of any person: a socket that has been shown all up to some number needs none before it.
    let number: UInt64
    /// The socket that caused it and knows of it.
    let cause: SocketRegistry.Place?
}
