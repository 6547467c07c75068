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
    /// Has no length and no end of its own: after the head, which says `Connection: close`, whoever takes the stream writes to it, and its end is
    /// that of the content (RFC 9112 6.3). While nothing is written it costs no task, no buffer and no connection object. Called on the loop;
    /// not for HEAD, and not when the client has closed its half already. Nothing behind the request is served; one whose body is still coming
    /// is refused.
    case endless(@Sendable (TCPStream) -> Void)
}
