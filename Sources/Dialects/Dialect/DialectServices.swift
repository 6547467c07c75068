public import Community
public import Gateway
public import HTTP
public import Primitives
public import Reactor

/// What every dialect needs of the rest of the house.
public struct DialectServices: Sendable {
    /// The rules and the data.
    public var community: Community
    /// Brings events to sockets.
    public var hub: Hub
    /// Knows who is there.
    public var presence: PresenceBoard
    /// Counts requests, those of one person through all dialects together.
    public var limits: RequestLimits
    /// The loops that serve.
    public var group: EventLoopGroup
    /// The wall clock.
    public var clock: WallClock
    /// Sockets that each API has at most which need no login: a part of the server's connections.
    public var openSocketLimit: Int
    /// The address a request comes from, behind trusted proxies too.
    public var clientAddress: @Sendable (HTTPRequest) -> String
    /// Hears of failures that are nobody's fault outside; never of secrets.
    public var reportFailure: @Sendable (any Error) -> Void

    /// Names every service once.
    public init(
        community: Community, hub: Hub, presence: PresenceBoard, limits: RequestLimits, group: EventLoopGroup, clock: @escaping WallClock,
        openSocketLimit: Int,
        clientAddress: @escaping @Sendable (HTTPRequest) -> String, reportFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.community = community
        self.hub = hub
        self.presence = presence
        self.limits = limits
        self.group = group
        self.clock = clock
        self.openSocketLimit = openSocketLimit
        self.clientAddress = clientAddress
        self.reportFailure = reportFailure
    }
}
