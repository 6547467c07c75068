import Testing

@testable import HTTP

/// The tables of the parser once more over a socket: what is refused is answered once and closed, what is accepted leaves the connection good.
struct ConformanceTests {
    /// Behind each request: an answer to it shows that the server has seen another end of the request than we do.
    static let next = "GET /next HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n"

    static func serve(_ client: @escaping @Sendable (TestServer) throws -> Void) async throws {
        try await TestServer.serve({ routes in
            routes.get("/") { _ in .text("root") }
            routes.get("/a") { _ in .text("a") }
            routes.get("/next") { _ in .text("next") }
            routes.post("/") { request in .text(String(decoding: try await request.body.collect(upTo: 10_000), as: UTF8.self)) }
        }) { server in try client(server) }
    }

    @Test(arguments: RefusedRequestTests.requests) func whatIsRefusedIsAnsweredOnceAndClosed(_ row: (text: String, status: Int))
        async throws
    {
        try await Self.serve { server in
            let client = try server.client()
            client.send(row.text + Self.next)
            let response = try client.response()
            #expect(response.status == row.status)
            #expect(response.headers["connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    /// The body comes through as well: `expected` ends with it.
    @Test(arguments: AcceptedRequestTests.heads) func whatIsAcceptedLeavesTheConnectionGood(_ row: (head: String, expected: String))
        async throws
    {
        try await Self.serve { server in
            let client = try server.client()
            client.send(row.head + Self.next)
            let response = try client.response()
            #expect([200, 204, 404, 405].contains(response.status))
            if row.head.hasPrefix("POST") { #expect(row.expected.hasSuffix("[\(response.text)]")) }
            let keeps = row.expected.contains("keeps:true")
            #expect((response.headers["connection"] == "close") == !keeps)
            if keeps { #expect(try client.response().text == "next") }
            #expect(client.isEnded())
        }
    }
}
