public import Primitives

/// What an access token says (contracts/chat.md 3.1): a JWT (RFC 7519) signed with HS256.
public struct AccessToken: Sendable, Equatable {
    /// `sub`.
    public var accountID: Int64
    /// `username`, at the time of signing.
    public var username: String
    /// `sid`: the login that the token belongs to.
    public var sessionID: Int64
    /// `iat`, whole seconds.
    public var issuedAt: Timestamp
    /// `exp`, whole seconds: from then on the token is refused.
    public var expiresAt: Timestamp

    /// A token before it is signed.
    public init(accountID: Int64, username: String, sessionID: Int64, issuedAt: Timestamp, expiresAt: Timestamp) {
        self.accountID = accountID
        self.username = username
        self.sessionID = sessionID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Why an access token is refused. Clients are not told which.
public enum AccessTokenError: Error, Sendable, Equatable {
    /// Not a token of this server's form: parts, length, claims.
    case malformed
    /// Signed with another key or another algorithm, or changed.
    case badSignature
    /// Its time is over.
    case expired
}
