/// What a server tells the house about, and what it asks it. All have harmless defaults. Called on the loops: they must not block.
public struct HTTPServerHooks: Sendable {
    /// A request has been answered: the status and how long it took. `request.path` is without the query, which may carry secrets.
    public var requestFinished: @Sendable (_ request: HTTPRequest, _ status: HTTPStatus, _ duration: Duration) -> Void = { _, _, _ in }
    /// A handler threw something that is not `HTTPError`, or a streamed response broke off; the client learns no details.
    public var handlerFailed: @Sendable (_ error: any Error, _ request: HTTPRequest) -> Void = { _, _ in }
    /// A connection has been opened (+1) or closed (-1).
    public var connectionsChanged: @Sendable (_ difference: Int) -> Void = { _ in }
    /// A connection speaks another protocol from now on (+1), or such a one has been closed (-1).
    public var upgradesChanged: @Sendable (_ difference: Int) -> Void = { _ in }
    /// A connection carries an endless body from now on (+1), or such a one has been closed (-1).
    public var endlessChanged: @Sendable (_ difference: Int) -> Void = { _ in }
    /// The answer to what no handler has answered: bytes or no body only. The path is nil when the request could not be understood.
    public var errorResponse: @Sendable (_ error: HTTPError, _ path: String?) -> HTTPResponse = { error, _ in .error(error) }

    /// Hooks that do nothing.
    public init() {}
}
