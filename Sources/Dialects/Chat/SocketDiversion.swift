public import WebSocket

/// Another API at the same address: it takes over a socket whose first message is one of its own (DESIGN section 8).
public struct SocketDiversion: Sendable {
    /// Bytes of a message there.
    public var messageLimit: Int
    /// Takes the socket over, on its loop; false when the message is none of that API.
    public var take: @Sendable (_ socket: WebSocketConnection, _ first: [UInt8]) -> Bool

    /// Another API.
    public init(messageLimit: Int, take: @escaping @Sendable (_ socket: WebSocketConnection, _ first: [UInt8]) -> Bool) {
        self.messageLimit = messageLimit
        self.take = take
    }
}
