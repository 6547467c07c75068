/// A request or response as signatures cover it (RFC 9421 2): the bytes as they were sent, nothing decoded.
public struct SignedMessage: Sendable {
    /// The method as sent.
    public var method: String
    /// `http` or `https`, of the server's public address.
    public var scheme: String
    /// The host in lower case, with its port unless that is the scheme's own. A server takes it from its own configuration.
    public var authority: String
    /// The path as sent.
    public var path: String
    /// What stands behind the question mark; nil without one.
    public var query: String?
    /// The status of a response; nil for a request.
    public var status: Int?
    /// Names in lower case, in the order of the lines.
    public var headers: [(name: String, value: String)]
    /// The body as it came; empty when there is none.
    public var body: [UInt8]

    /// A request.
    public init(
        method: String, scheme: String, authority: String, path: String, query: String? = nil, headers: [(name: String, value: String)],
        body: [UInt8] = []
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.path = path.isEmpty ? "/" : path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The response to this request: its signature may cover parts of the request, too.
    public func response(status: Int, headers: [(name: String, value: String)], body: [UInt8]) -> SignedMessage {
        var response = self
        response.status = status
        response.headers = headers
        response.body = body
        return response
    }

    /// The values of all lines of a field.
    public func lines(_ name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }
}
