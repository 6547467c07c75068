public import Dialect
public import Gateway
public import Security

/// What the Chat dialect needs of the rest of the house.
public struct ChatServices: Sendable {
    /// What all dialects need.
    public var shared: DialectServices
    /// Counts the sockets of each account.
    public var sockets: SocketRegistry
    /// Signs and checks access tokens.
    public var accessTokens: AccessTokenCodec
    /// Signs and checks the session ids of the gateway.
    public var gatewaySessionIDs: SignedSessionIDCodec

    /// Names every service once.
    public init(
        shared: DialectServices, sockets: SocketRegistry, accessTokens: AccessTokenCodec, gatewaySessionIDs: SignedSessionIDCodec
    ) {
        self.shared = shared
        self.sockets = sockets
        self.accessTokens = accessTokens
        self.gatewaySessionIDs = gatewaySessionIDs
    }
}
