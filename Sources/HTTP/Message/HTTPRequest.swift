public import Reactor

/// A request, as its handler gets it. Handlers run on the loop of the connection.
public struct HTTPRequest: Sendable {
    /// A number that no other request of this process has, for logs.
    public let id: UInt64
    /// The method.
    public let method: HTTPMethod
    /// The second number of the version: 0 or 1.
    public let minorVersion: Int
    /// The target: path and query as they were sent; or `*`, which only OPTIONS has. An absolute target is brought to this form.
    public let target: String
    /// The path as it was sent: percent-encoded.
    public let path: String
    /// The header fields.
    public let headers: RequestHeaders
    /// The body.
    public let body: RequestBody
    /// The other end of the connection; behind a proxy that is the proxy.
    public let peer: SocketAddress
    /// The loop that the handler runs on.
    public let loop: EventLoop
    /// What stands in the places of the route's parameters.
    public internal(set) var parameters = PathParameters()
    /// Where the host stands in the head; nil without one, which only HTTP/1.0 may do.
    let hostRange: Range<Int32>?

    /// The host that was asked for, with its port if there is one: of an absolute target, otherwise of `Host` (RFC 9112 3.2.2).
    public var host: String? {
        hostRange.map { headers.text($0) }
    }

    /// The parameters of the query. Parsed each time it is asked for.
    public var query: QueryParameters {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return QueryParameters([]) }
        return QueryParameters(target.utf8[target.utf8.index(after: mark)...])
    }

    init(_ head: RequestHead, body: RequestBody, id: UInt64, peer: SocketAddress, loop: EventLoop) {
        self.id = id
        method = head.method
        minorVersion = head.minorVersion
        target = head.target
        path = head.path
        headers = head.headers
        hostRange = head.host
        self.body = body
        self.peer = peer
        self.loop = loop
    }
}
