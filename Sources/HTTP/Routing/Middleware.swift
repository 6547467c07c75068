/// Answers a request. Runs on the loop of the connection.
public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// Something that stands before handlers: it may answer itself, or change what they answer.
public protocol Middleware: Sendable {
    /// Answers a request, with the help of what comes next.
    func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse
}

extension Array<any Middleware> {
    /// The handler behind all of them; the first is the outermost.
    func wrapping(_ handler: @escaping Handler) -> Handler {
        reversed().reduce(handler) { next, middleware in
            { request in try await middleware.handle(request, next: next) }
        }
    }
}
