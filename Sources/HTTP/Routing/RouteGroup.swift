/// Routes under a common prefix, with the middleware they share.
public struct RouteGroup {
    struct Route {
        var segments: [String]
        var method: HTTPMethod
        var handler: Handler
    }

    private let prefix: [String]
    private var middleware: [any Middleware]
    private(set) var routes: [Route] = []
    private(set) var mounts: [Router.Mount] = []

    /// How unknown paths below the prefix are answered; nil leaves it to the group around.
    public var notFound: Handler?
    /// How methods that a resource does not take are answered; `Allow` is added.
    public var methodNotAllowed: Handler?

    /// The group of everything.
    public init() {
        prefix = []
        middleware = []
    }

    private init(prefix: [String], middleware: [any Middleware]) {
        self.prefix = prefix
        self.middleware = middleware
    }

    /// Puts middleware before the routes that are added from now on, and before unknown paths and wrong methods.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// Adds routes under a longer prefix.
    public mutating func group(_ path: String, _ build: (inout RouteGroup) -> Void) {
        var group = RouteGroup(prefix: prefix + Self.segments(path), middleware: middleware)
        build(&group)
        routes += group.routes
        mounts += group.mounts
        guard let notFound = group.notFound, let methodNotAllowed = group.methodNotAllowed else { return }
        mounts.append(
            Router.Mount(prefix: group.prefix, notFound: group.wrapped(notFound), methodNotAllowed: group.wrapped(methodNotAllowed)))
    }

    /// Adds a route. A segment that begins with a colon is a parameter.
    public mutating func on(_ method: HTTPMethod, _ path: String, _ handler: @escaping Handler) {
        routes.append(Route(segments: prefix + Self.segments(path), method: method, handler: wrapped(handler)))
    }

    /// Adds a route for GET, and with it HEAD.
    public mutating func get(_ path: String, _ handler: @escaping Handler) {
        on(.get, path, handler)
    }

    /// Adds a route for POST.
    public mutating func post(_ path: String, _ handler: @escaping Handler) {
        on(.post, path, handler)
    }

    /// The first middleware is the outermost.
    private func wrapped(_ handler: @escaping Handler) -> Handler {
        middleware.reversed().reduce(handler) { next, middleware in
            { request in try await middleware.handle(request, next: next) }
        }
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    }
}
