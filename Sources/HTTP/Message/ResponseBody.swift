public import Reactor

/// The content of a response.
public enum ResponseBody: Sendable {
    /// None.
    case none
    /// All of it.
    case bytes([UInt8])
    /// Written piece by piece. With a length it is sent as such, and that many bytes have to be written; otherwise in chunks. To HTTP/1.0,
    /// which has no chunks, it ends with the connection. Not called for HEAD.
    case stream(length: Int?, @Sendable (ResponseBodyWriter) async throws -> Void)
    /// After the head the connection speaks another protocol: the stream and what has been read of it already. Called on the loop.
    case upgrade(@Sendable (TCPStream, [UInt8]) -> Void)
}
