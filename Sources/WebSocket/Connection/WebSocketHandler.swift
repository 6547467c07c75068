/// What happens on a WebSocket connection. Called on the connection's loop.
public protocol WebSocketHandler: AnyObject {
    /// A whole text message. Its bytes have been checked: they are valid UTF-8.
    func receivedText(_ bytes: [UInt8])

    /// A whole binary message.
    func receivedBinary(_ bytes: [UInt8])

    /// The answer to a ping, or a pong that nobody asked for. Does nothing unless implemented.
    func receivedPong(_ payload: [UInt8])

    /// Everything queued has been taken by the system after it had been held up. Does nothing unless implemented.
    func drained()

    /// The connection is gone. The last call; the connection drops its handler after it.
    /// - Parameters:
    ///   - code: the code of the first close that was sent or received; nil when there was none, when it carried no code, and for a
    ///     client that was cut off because it read too slowly.
    ///   - clean: both sides have sent a close (RFC 6455 section 7.1.4).
    func closed(code: WebSocketCloseCode?, clean: Bool)
}

extension WebSocketHandler {
    /// Does nothing.
    public func receivedPong(_ payload: [UInt8]) {}
    /// Does nothing.
    public func drained() {}
}
