/// Finds the handler of a request, and answers what has none in the shape of the longest prefix that it falls under.
public struct Router: Sendable {
    /// What belongs to a prefix: how unknown paths and wrong methods below it are answered.
    struct Mount: Sendable {
        var prefix: [RoutePattern.Segment]
        var notFound: Handler
        var methodNotAllowed: Handler
        /// OPTIONS of a path that has no handler of its own for it; `Allow` is added.
        var options: Handler
    }

    private let tree: RouteTree
    private let mounts: [Mount]
    private let root: Mount

    /// The routes of a group and of all groups in it.
    public init(_ root: RouteGroup) {
        var tree = RouteTree()
        for route in root.routes { tree.insert(route.pattern, method: route.method, handler: route.handler) }
        self.tree = tree
        self.root = root.ownMount
        // The longest prefix decides, so it is asked first.
        mounts = root.mounts.sorted { $0.prefix.count > $1.prefix.count }
    }

    /// Answers a request.
    public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        guard let (place, values) = tree.find(request.path) else {
            // RFC 9110 9.3.7: about the server as a whole there is nothing to tell.
            if request.path == "*" { return HTTPResponse(status: .noContent) }
            return try await mount(of: request.path).notFound(request)
        }
        if let endpoint = tree.endpoint(at: place, for: request.method) {
            var request = request
            if !endpoint.names.isEmpty { request.matched = PathParameters(names: endpoint.names, values: values) }
            guard request.method == .options else { return try await endpoint.handler(request) }
            // Whoever answers OPTIONS itself need not know what else stands at the path.
            var response = try await endpoint.handler(request)
            if response.headers[first: "allow"] == nil { response.headers.add("Allow", tree.allow(at: place)) }
            return response
        }
        let mount = mount(of: request.path)
        var response = try await (request.method == .options ? mount.options : mount.methodNotAllowed)(request)
        if response.headers[first: "allow"] == nil { response.headers.add("Allow", tree.allow(at: place)) }
        return response
    }

    /// The pattern of the route that answers a request, nil without one. For logs: unlike the path it holds nothing that a client wrote.
    public func pattern(of request: HTTPRequest) -> String? {
        tree.find(request.path).flatMap { tree.endpoint(at: $0.place, for: request.method)?.pattern }
    }

    private func mount(of path: String) -> Mount {
        guard !mounts.isEmpty else { return root }
        var path = path
        return path.withUTF8 { bytes in
            let path = RoutePath(bytes)
            return mounts.first { Self.path(path, beginsWith: $0.prefix) } ?? root
        }
    }

    private static func path(_ path: RoutePath, beginsWith prefix: [RoutePattern.Segment]) -> Bool {
        var place = path.first
        for segment in prefix {
            guard let start = place else { return false }
            let range = start..<path.end(of: start)
            switch segment {
            case .fixed(let text): guard path.segment(range, equals: text) else { return false }
            case .prefixed(let text): guard path.segment(range, after: text) != nil else { return false }
            case .parameter: guard !range.isEmpty else { return false }
            case .rest: return true
            }
            place = path.next(after: range.upperBound)
        }
        return true
    }
}
