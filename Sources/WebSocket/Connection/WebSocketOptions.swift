/// The limits of WebSocket connections, and what they offer.
public struct WebSocketOptions: Sendable {
    /// The most bytes of one message from the client, after decompression; more closes the connection. Default 1 MiB.
    public var messageLimit = 1 << 20
    /// The code for a message above the limit. Default 1009.
    public var messageTooBigCode = WebSocketCloseCode.messageTooBig
    /// Bytes that may be queued for the client at the end of a tick before it counts as too slow and is cut off. Default 1 MiB.
    public var outputLimit = 1 << 20
    /// What a client that reads too slowly is told, if it ever reads that far; nil cuts it off without a word.
    public var slowReaderCloseCode: WebSocketCloseCode?
    /// How long a close may take before the connection is cut. Default 5 s.
    public var closeTimeout = Duration.seconds(5)
    /// Offers permessage-deflate when set. Default off.
    public var compression: WebSocketCompression?

    /// The defaults.
    public init() {}
}
