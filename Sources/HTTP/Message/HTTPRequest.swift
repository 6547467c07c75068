public import Reactor

/// A request, as its handler gets it. Handlers run on the loop of the connection.
///
/// A value of one reference: it is handed on many times for each request.
public struct HTTPRequest: Sendable {
    private final class Content: Sendable {
        let head: RequestHead
        let path: String
        let body: RequestBody
        let id: UInt64
        let peer: SocketAddress
        let loop: EventLoop

        init(_ head: RequestHead, _ body: RequestBody, _ id: UInt64, _ peer: SocketAddress, _ loop: EventLoop) {
            self.head = head
            path = head.path
            self.body = body
            self.id = id
            self.peer = peer
            self.loop = loop
        }
    }

    private let content: Content
    /// Set by the router when the route has parameters.
    var matched: PathParameters?

    /// A number that no other request of this process has, for logs.
    public var id: UInt64 { content.id }
    /// The method.
    public var method: HTTPMethod { content.head.method }
    /// The second number of the version: 0 or 1.
    public var minorVersion: Int { content.head.minorVersion }
    /// The target: path and query as they were sent; or `*`, which only OPTIONS has. An absolute target is brought to this form.
    public var target: String { content.head.target }
    /// The path as it was sent: percent-encoded.
    public var path: String { content.path }
    /// The header fields.
    public var headers: RequestHeaders { content.head.headers }
    /// The body.
    public var body: RequestBody { content.body }
    /// The other end of the connection; behind a proxy that is the proxy.
    public var peer: SocketAddress { content.peer }
    /// The loop that the handler runs on.
    public var loop: EventLoop { content.loop }
    /// What stands in the places of the route's parameters.
    public var parameters: PathParameters { matched ?? PathParameters() }

    /// The host that was asked for, with its port if there is one: of an absolute target, otherwise of `Host` (RFC 9112 3.2.2). Nil without
    /// one, which only HTTP/1.0 may do.
    public var host: String? {
        content.head.host.map { headers.text($0) }
    }

    /// The parameters of the query. Parsed each time it is asked for.
    public var query: QueryParameters {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return QueryParameters([]) }
        return QueryParameters(target.utf8[target.utf8.index(after: mark)...])
    }

    init(_ head: RequestHead, body: RequestBody, id: UInt64, peer: SocketAddress, loop: EventLoop) {
        content = Content(head, body, id, peer, loop)
    }
}
