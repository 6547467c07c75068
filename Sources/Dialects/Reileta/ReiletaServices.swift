public import Community
public import Dialect
public import Federation
public import Gateway
public import HTTP

/// What the Reileta API needs of the rest of the house.
public struct ReiletaServices: Sendable {
    /// What every dialect needs.
    public var shared: DialectServices
    /// Where pictures and the files of assets are kept.
    public var files: RegistryFiles
    /// What is kept about this server; made before the dialect is.
    public var server: RegistryServer
    /// The sockets of each person here: they count as presence.
    public var sockets: SocketRegistry
    /// Makes what asks other servers, of what this one is called.
    public var peers: @Sendable (Peers.Own) -> Peers
    /// What is kept of other servers.
    public var peerRecords: PeerRecords
    /// Whether a request comes from a proxy whose headers are believed.
    public var isTrustedProxy: @Sendable (HTTPRequest) -> Bool

    /// Names every service once.
    public init(
        shared: DialectServices, files: RegistryFiles, server: RegistryServer, sockets: SocketRegistry,
        peers: @escaping @Sendable (Peers.Own) -> Peers, peerRecords: PeerRecords,
        isTrustedProxy: @escaping @Sendable (HTTPRequest) -> Bool
    ) {
        self.peers = peers
        self.peerRecords = peerRecords
        self.isTrustedProxy = isTrustedProxy
        self.shared = shared
        self.files = files
        self.server = server
        self.sockets = sockets
    }
}
