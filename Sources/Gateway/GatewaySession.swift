public import Community
public import Primitives

/// One gateway session, which may live on one socket after another: the login it was opened with, and when.
public struct GatewaySession: Hashable, Sendable {
    /// The login.
    public let login: SessionID
    /// When the session was opened.
    public let openedAt: Timestamp

    /// The session that a login opened at that moment.
    public init(login: SessionID, openedAt: Timestamp) {
        self.login = login
        self.openedAt = openedAt
    }
}
