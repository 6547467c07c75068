public import Reactor

/// A request, as its handler gets it. Handlers run on the loop of the connection.
public struct HTTPRequest: Sendable {
    /// The method.
    public let method: HTTPMethod
    /// The second number of the version: 0 or 1.
    public let minorVersion: Int
    /// The target as it was sent: path and query.
    public let target: String
    /// The path as it was sent: percent-encoded.
    public let path: String
    /// The header fields.
    public let headers: RequestHeaders
    /// The body.
    public let body: RequestBody
    /// The other end of the connection; behind a proxy that is the proxy.
    public let peer: SocketAddress
    /// What stands in the places of the route's parameters.
    public internal(set) var parameters = PathParameters()

    /// The parameters of the query. Parsed each time it is asked for.
    public var query: QueryParameters {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return QueryParameters([]) }
        return QueryParameters(target.utf8[target.utf8.index(after: mark)...])
    }
}
