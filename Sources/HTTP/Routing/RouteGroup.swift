/// Routes under a common prefix, with the middleware they share.
///
/// ```swift
/// var routes = RouteGroup()
/// routes.group("/api/rest") { group in
///     group.use(crossOrigin)
///     group.notFound = { _ in .json(unknownRoute, status: .notFound) }
///     group.get("/servers/:server_id") { request in .text(request.parameters["server_id"] ?? "") }
///     group.get("/files/*path", download)
/// }
/// let router = Router(routes)
/// ```
public struct RouteGroup {
    struct Route {
        var pattern: RoutePattern
        var method: HTTPMethod
        var handler: Handler
    }

    private let prefix: RoutePattern
    private var middleware: [any Middleware]
    private(set) var routes: [Route] = []
    private(set) var mounts: [Router.Mount] = []

    /// How unknown paths below the prefix are answered. A group begins with what the group around it has at that moment.
    public var notFound: Handler
    /// How methods that a resource does not take are answered; `Allow` is added. A group begins with what the group around it has.
    public var methodNotAllowed: Handler

    /// The group of everything. Answers unknown paths and wrong methods in plain text.
    public init() {
        prefix = RoutePattern()
        middleware = []
        notFound = { _ in .text("Not found\n", status: .notFound) }
        methodNotAllowed = { _ in .text("Method not allowed\n", status: .methodNotAllowed) }
    }

    private init(within group: RouteGroup, _ path: String) {
        prefix = group.prefix.appending(path)
        middleware = group.middleware
        notFound = group.notFound
        methodNotAllowed = group.methodNotAllowed
    }

    /// Puts middleware before the routes that are added from now on, and before unknown paths and wrong methods. The first is the outermost.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// Adds routes under a longer prefix.
    public mutating func group(_ path: String, _ build: (inout RouteGroup) -> Void) {
        var group = RouteGroup(within: self, path)
        build(&group)
        routes += group.routes
        mounts += group.mounts
        mounts.append(group.ownMount)
    }

    /// Adds a route.
    ///
    /// A method that a path has already gets the new handler. OPTIONS is answered with `Allow` unless it has a handler.
    /// - Parameters:
    ///   - path: a segment `:name` is a parameter, `text@:name` one behind a text, a last segment `*name` takes all that follow (at least one, without `.` and `..`).
    ///   - middleware: stands before this handler only, behind that of the group.
    public mutating func on(_ method: HTTPMethod, _ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        routes.append(Route(pattern: prefix.appending(path), method: method, handler: (self.middleware + middleware).wrapping(handler)))
    }

    /// Adds a route for GET, and with it HEAD.
    public mutating func get(_ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        on(.get, path, using: middleware, handler)
    }

    /// Adds a route for POST.
    public mutating func post(_ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        on(.post, path, using: middleware, handler)
    }

    /// Adds a route for PUT.
    public mutating func put(_ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        on(.put, path, using: middleware, handler)
    }

    /// Adds a route for PATCH.
    public mutating func patch(_ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        on(.patch, path, using: middleware, handler)
    }

    /// Adds a route for DELETE.
    public mutating func delete(_ path: String, using middleware: [any Middleware] = [], _ handler: @escaping Handler) {
        on(.delete, path, using: middleware, handler)
    }

    /// How this group answers what it has no handler for.
    var ownMount: Router.Mount {
        Router.Mount(
            prefix: prefix.segments, notFound: middleware.wrapping(notFound), methodNotAllowed: middleware.wrapping(methodNotAllowed),
            options: middleware.wrapping { _ in HTTPResponse(status: .noContent) })
    }
}
