internal import Primitives

/// Answers a request. Runs on the loop of the connection.
public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// Something that stands before handlers: it may answer itself, or change what they answer.
public protocol Middleware: Sendable {
    /// Answers a request, with the help of what comes next.
    func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse
}

/// Finds the handler of a request: a tree of path segments. Fixed segments go before parameters.
public struct Router: Sendable {
    /// What belongs to a prefix: how unknown paths and wrong methods below it are answered.
    struct Mount: Sendable {
        var prefix: [String]
        var notFound: Handler
        var methodNotAllowed: Handler
    }

    private let root: RouteNode
    private let mounts: [Mount]

    /// The routes of a group and of all groups in it.
    public init(_ root: RouteGroup) {
        var tree = RouteNode()
        for route in root.routes { tree.insert(route.segments[...], method: route.method, handler: route.handler) }
        self.root = tree
        // The longest prefix decides, so it is asked first.
        mounts = root.mounts.sorted { $0.prefix.count > $1.prefix.count }
    }

    /// Answers a request.
    public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        guard let segments = Self.segments(of: request.path) else {
            return try await mount(of: []).notFound(request)
        }
        var parameters = PathParameters()
        guard let node = root.find(segments[...], &parameters) else { return try await mount(of: segments).notFound(request) }
        var request = request
        request.parameters = parameters
        if let handler = node.handlers[request.method] ?? (request.method == .head ? node.handlers[.get] : nil) {
            return try await handler(request)
        }
        var response = try await mount(of: segments).methodNotAllowed(request)
        if response.status == .methodNotAllowed { response.headers.set("Allow", node.allow) }
        return response
    }

    /// The decoded segments of a path; nil when an escape is broken. An escaped slash is part of its segment.
    static func segments(of path: String) -> [String]? {
        var segments: [String] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard let text = PercentEncoding.decode(segment, plusAsSpace: false) else { return nil }
            segments.append(text)
        }
        return segments
    }

    private func mount(of segments: [String]) -> Mount {
        mounts.first { segments.starts(with: $0.prefix) } ?? Self.plain
    }

    private static let plain = Mount(
        prefix: [], notFound: { _ in .text("Not found\n", status: .notFound) },
        methodNotAllowed: { _ in .text("Method not allowed\n", status: .methodNotAllowed) })
}
