public import Reactor

/// The content of a response.
public enum ResponseBody: Sendable {
    /// None.
    case none
    /// All of it.
    case bytes([UInt8])
    /// Written piece by piece. With a length it is sent as such, otherwise in chunks.
    case stream(length: Int?, @Sendable (ResponseBodyWriter) async throws -> Void)
    /// After the head the connection speaks another protocol: the stream and what has been read of it already. Called on the loop.
    case upgrade(@Sendable (TCPStream, [UInt8]) -> Void)
}

/// Sends the pieces of a streamed response. The writer waits while the client is slow.
public struct ResponseBodyWriter: Sendable {
    let connection: LoopBound<HTTPConnection>
    let isChunked: Bool

    /// Sends a piece.
    ///
    /// - Throws: `HTTPError.disconnected` when the client has gone.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await connection.value.roomForResponse()
        connection.value.writeBody(bytes, isChunked: isChunked)
    }
}
