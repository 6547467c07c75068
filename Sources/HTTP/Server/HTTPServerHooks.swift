/// What a server tells the house about, and what it asks it. All have harmless defaults.
public struct HTTPServerHooks: Sendable {
    /// A request has been answered: method, path without query, status, and how long it took.
    public var requestFinished: @Sendable (_ request: HTTPRequest, _ status: HTTPStatus, _ duration: Duration) -> Void = { _, _, _ in }
    /// A handler threw something that is not `HTTPError`; the client gets 500.
    public var handlerFailed: @Sendable (_ error: any Error, _ request: HTTPRequest) -> Void = { _, _ in }
    /// A connection has been opened (+1) or closed (-1).
    public var connectionsChanged: @Sendable (_ difference: Int) -> Void = { _ in }

    /// Hooks that do nothing.
    public init() {}
}
