public import Community
public import Gateway
public import HTTP
public import Primitives
public import Reactor
public import Security

/// What the Chat dialect needs of the rest of the house.
public struct ChatServices: Sendable {
    /// The rules and the data.
    public var community: Community
    /// Brings events to sockets.
    public var hub: Hub
    /// Counts the sockets of each account.
    public var sockets: SocketRegistry
    /// Knows who is there.
    public var presence: PresenceBoard
    /// Signs and checks access tokens.
    public var accessTokens: AccessTokenCodec
    /// Signs and checks the session ids of the gateway.
    public var gatewaySessionIDs: SignedSessionIDCodec
    /// Counts requests.
    public var rateLimiter: RateLimiter
    /// The loops that serve.
    public var group: EventLoopGroup
    /// The wall clock.
    public var clock: WallClock
    /// The address a request comes from, behind trusted proxies too.
    public var clientAddress: @Sendable (HTTPRequest) -> String
    /// Hears of failures that are nobody's fault outside; never of secrets.
    public var reportFailure: @Sendable (any Error) -> Void

    /// Names every service once.
    public init(
        community: Community, hub: Hub, sockets: SocketRegistry, presence: PresenceBoard, accessTokens: AccessTokenCodec,
        gatewaySessionIDs: SignedSessionIDCodec,
        rateLimiter: RateLimiter, group: EventLoopGroup, clock: @escaping WallClock,
        clientAddress: @escaping @Sendable (HTTPRequest) -> String, reportFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.community = community
        self.hub = hub
        self.sockets = sockets
        self.presence = presence
        self.accessTokens = accessTokens
        self.gatewaySessionIDs = gatewaySessionIDs
        self.rateLimiter = rateLimiter
        self.group = group
        self.clock = clock
        self.clientAddress = clientAddress
        self.reportFailure = reportFailure
    }
}
