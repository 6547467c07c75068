import Reactor

@testable import HTTP

/// Requests without a connection.
enum Requests {
    private static let loops = EventLoopGroup(count: 1)

    static func make(_ method: String = "GET", _ target: String = "/", _ fields: [(String, String)] = []) throws -> HTTPRequest {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: roost"] + fields.map { "\($0.0): \($0.1)" } + ["", ""]
        let head = try HeadParser.parse(Array(lines.joined(separator: "\r\n").utf8), limits: HTTPLimits())
        return HTTPRequest(
            head, body: RequestBody(source: .empty, declaredLength: 0), id: 1, peer: try SocketAddress(host: "127.0.0.1", port: 1),
            loop: loops.next())
    }

    static func headers(_ fields: [(String, String)]) throws -> RequestHeaders {
        try make("GET", "/", fields).headers
    }
}
