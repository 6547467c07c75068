/// The limits of a server (DESIGN section 4). Each is named in the error that it causes.
public struct HTTPLimits: Sendable {
    /// Bytes of the request line and the header together.
    public var headerBytes = 16_384
    /// Fields of a header.
    public var headerFields = 100
    /// Bytes of the target in the request line.
    public var targetBytes = 8_192
    /// Bytes of a body, whatever its route; routes name their own limits when they read it.
    public var bodyBytes = Int.max
    /// How long a client may take to send a header.
    public var headerDeadline = Duration.seconds(10)
    /// How long a body may stand still while it is wanted.
    public var bodyIdle = Duration.seconds(30)
    /// Bytes of a body that have to come within each `bodyIdle` while it is wanted; the end of the body always will do.
    public var bodyBytesPerIdle = 4_096
    /// How long a connection may wait for its next request.
    public var keepAliveIdle = Duration.seconds(75)
    /// Bytes of a body that wait for the handler before the client has to.
    public var bodyBuffer = 256 * 1_024
    /// Bytes of a body that nobody wants which are read all the same, to keep the connection; with more it is closed.
    public var unreadBody = 64 * 1_024
    /// Bytes of a response that wait for the client before the handler has to.
    public var responseBuffer = 256 * 1_024
    /// Requests of one connection; it is closed after the last. Spreads long-lived clients over the loops again.
    public var requestsPerConnection = Int.max
    /// Connections at a time, those that speak another protocol now or carry an endless body included.
    public var connections = 20_000
    /// Connections beyond that which get an answer (503) at a time; still more are closed without a word.
    public var refusedConnections = 32

    /// The defaults.
    public init() {}
}
