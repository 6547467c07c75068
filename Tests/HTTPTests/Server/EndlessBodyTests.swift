import Primitives
import Reactor
import Testing

@testable import HTTP

/// What becomes of a connection whose answer has no end.
@Suite(.timeLimit(.minutes(1))) struct EndlessBodyTests {
    static let other = "GET /x HTTP/1.1\r\nHost: r\r\n\r\n"

    private static func request(_ path: String, method: String = "GET", version: String = "1.1", fields: String = "") -> String {
        "\(method) \(path) HTTP/\(version)\r\nHost: r\r\n\(fields)\r\n"
    }

    /// `/now` and `/later` note that they have the stream, and say hello on it; `/x` notes that it was asked.
    private static func serve(_ client: @escaping @Sendable (TestServer) throws -> Void) async throws {
        let log = TestServer.SharedLog()
        let response: @Sendable () -> HTTPResponse = {
            .eventStream(keepAlive: .milliseconds(100), clock: { Timestamp(seconds: 1) }) { events in
                log.note("begun")
                events.send(Array("hello\n".utf8))
                // A test that fails ends too.
                events.loop.schedule(after: .seconds(8)) { [weak events] in events?.end() }
            }
        }
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/now") { _ in response() }
                routes.get("/later") { request in
                    await request.loop.sleep(for: .milliseconds(50))
                    return response()
                }
                routes.get("/body") { request in
                    _ = try await request.body.collect(upTo: 100)
                    return response()
                }
                routes.get("/empty") { _ in HTTPResponse(status: .noContent, body: .endless { $0.close() }) }
                routes.get("/x") { _ in
                    log.note("another")
                    return .text("x")
                }
            }, client)
    }

    @Test(arguments: ["1.0", "1.1"]) func theEndOfTheConnectionIsThatOfTheContent(version: String) async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request("/now", version: version, fields: "Connection: keep-alive\r\n"))
            let head = try client.response(head: true)
            #expect(head.status == 200)
            #expect(head.headers["connection"] == "close")
            #expect(head.headers["content-length"] == nil && head.headers["transfer-encoding"] == nil)
            #expect(try client.text(6) == "hello\n")
            #expect(server.log.wait { $0.finished == [200] && $0.connections == 0 && $0.endless == 1 })
        }
    }

    @Test func headGetsTheHeadOnly() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request("/now", method: "HEAD") + Self.other)
            let answer = try client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\nConnection: close\r\n\r\n"))
            #expect(server.log.wait { $0.finished == [200] && $0.connections == 0 })
            #expect(server.log.value.notes.isEmpty && server.log.value.endless == 0)
        }
    }

    /// What lies behind the request, and what comes later, is no request any more, and does not pile up.
    @Test(arguments: ["/now", "/later"]) func nothingBehindTheRequestIsServed(_ path: String) async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request(path) + Self.other)
            client.send(Self.other)
            _ = try client.response(head: true)
            #expect(try client.text(6) == "hello\n")
            #expect(client.sendUntilHeld(16 << 20) == 16 << 20)
            client.send(Self.other)
            // The keep-alives go on.
            #expect(try client.text(12) == ":1\n\n:1\n\n:1\n\n")
            #expect(server.log.value.notes == ["begun"] && server.log.value.finished == [200])
        }
    }

    @Test(arguments: ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\nExpect: 100-continue\r\n"])
    func aRequestWhoseBodyIsStillComingIsRefused(_ fields: String) async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request("/now", fields: fields) + (fields.hasPrefix("Content") ? "abc" : "3\r\nabc\r\n"))
            let refused = try client.response()
            #expect(refused.status == 400)
            #expect(refused.headers["connection"] == "close")
            #expect(client.isEnded())
            #expect(server.log.wait { $0.finished == [400] && $0.connections == 0 })
            #expect(server.log.value.notes.isEmpty && server.log.value.endless == 0)
        }
    }

    @Test func aBodyThatHasComeIsNoHindrance() async throws {
        try await Self.serve { server in
            for (path, isSplit) in [("/now", false), ("/body", true)] {
                let client = try server.client()
                client.send(Self.request(path, fields: "Content-Length: 5\r\n") + (isSplit ? "ab" : "abcde"))
                if isSplit { client.send("cde") }
                #expect(try client.response(head: true).status == 200)
                #expect(try client.text(6) == "hello\n")
            }
        }
    }

    /// Nobody would listen.
    @Test func aClientThatHasEndedItsHalfGetsTheHeadOnly() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request("/later"))
            client.endOutput()
            #expect(try client.readToEnd().hasSuffix("\r\nConnection: close\r\n\r\n"))
            #expect(server.log.wait { $0.finished == [200] && $0.connections == 0 })
            #expect(server.log.value.notes.isEmpty)
        }
    }

    /// RFC 9110 6.4.1: such an answer would not end where its owner thinks.
    @Test func aStatusWithoutContentHasNoEndlessBody() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.request("/empty"))
            #expect(try client.response().status == 500)
        }
    }
}
