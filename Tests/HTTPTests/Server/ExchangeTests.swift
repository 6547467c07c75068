import Reactor
import Testing

@testable import HTTP

/// Requests and answers on one connection (RFC 9112 sections 6, 7, 9).
struct ExchangeTests {
    static let get = "GET /x HTTP/1.1\r\nHost: r\r\n\r\n"

    static func routes(_ routes: inout RouteGroup) {
        routes.get("/x") { _ in .text("hello") }
        routes.get("/later") { request in
            await request.loop.sleep(for: .milliseconds(20))
            return .text("later")
        }
        routes.post("/echo") { request in .text(String(decoding: try await request.body.collect(upTo: 1_000_000), as: UTF8.self)) }
        routes.get("/empty") { _ in HTTPResponse(status: .noContent, body: .bytes(Array("never seen".utf8))) }
        routes.get("/same") { _ in HTTPResponse(status: .notModified, body: .bytes(Array("never seen".utf8))) }
        routes.get("/none") { _ in HTTPResponse() }
        routes.get("/stream") { _ in
            HTTPResponse(
                body: .stream(length: nil) { writer in
                    for piece in ["one", "", "two"] { try await writer.write(Array(piece.utf8)) }
                })
        }
        routes.get("/sized") { _ in
            HTTPResponse(body: .stream(length: 6) { writer in for piece in ["one", "two"] { try await writer.write(Array(piece.utf8)) } })
        }
    }

    @Test func aConnectionServesOneRequestAfterTheOther() async throws {
        try await TestServer.serve(Self.routes) { server in
            let client = try server.client()
            for _ in 0..<3 {
                client.send(Self.get)
                let response = try client.response()
                #expect(response.status == 200)
                #expect(response.text == "hello")
                #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
                #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
                #expect(response.headers["connection"] == nil)
            }
            #expect(server.log.wait { $0.finished == [200, 200, 200] && $0.connections == 1 })
        }
    }

    /// RFC 9112 9.3.2: the answers come in the order of the requests, also when a slow one is before a quick one.
    @Test func pipelinedRequestsAreAnsweredInTheirOrder() async throws {
        try await TestServer.serve(Self.routes) { server in
            let client = try server.client()
            let later = "GET /later HTTP/1.1\r\nHost: r\r\n\r\n"
            let post = "POST /echo HTTP/1.1\r\nHost: r\r\nContent-Length: 3\r\n\r\nabc"
            let chunked = "POST /echo HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
            client.send(later + Self.get + post + later + chunked + Self.get)
            let answers = try (0..<6).map { _ in try client.response().text }
            #expect(answers == ["later", "hello", "abc", "later", "def", "hello"])
        }
    }

    /// Far more requests than one read holds, and more answers than may be queued.
    @Test func aLongPipelineIsServedWhole() async throws {
        let count = 3_000
        let answer = [UInt8](repeating: 97, count: 2_000)
        let sum = try await TestServer.serve({ routes in
            routes.get("/x") { _ in .bytes(answer, contentType: "text/plain") }
        }) { server in
            let client = try server.client(receiveBuffer: 16_384)
            client.send(String(repeating: Self.get, count: count))
            return try (0..<count).reduce(0) { sum, _ in sum + (try client.response().body.count) }
        }
        #expect(sum == count * answer.count)
    }

    @Test func theLastRequestOfAConnectionClosesIt() async throws {
        var limits = HTTPLimits()
        limits.requestsPerConnection = 2
        try await TestServer.serve(limits: limits, Self.routes) { server in
            let first = try server.client()
            first.send("GET /x HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n" + Self.get)
            #expect(try first.response().headers["connection"] == "close")
            #expect(first.isEnded())
            let second = try server.client()
            second.send(Self.get + Self.get + Self.get)
            #expect(try second.response().headers["connection"] == nil)
            #expect(try second.response().headers["connection"] == "close")
            #expect(second.isEnded())
            #expect(server.log.wait { $0.finished.count == 3 && $0.connections == 0 })
        }
    }

    /// HTTP/1.0 knows no chunks and no end but that of the connection.
    @Test func anOldClientGetsTheOldWay() async throws {
        try await TestServer.serve(Self.routes) { server in
            let client = try server.client()
            client.send("GET /stream HTTP/1.0\r\n\r\n")
            let response = try client.response()
            #expect(response.headers["transfer-encoding"] == nil)
            #expect(response.headers["connection"] == "close")
            #expect(response.text == "onetwo")
        }
    }

    @Test func streamedContentComesInChunksOrWithItsLength() async throws {
        try await TestServer.serve(Self.routes) { server in
            let client = try server.client()
            client.send("GET /stream HTTP/1.1\r\nHost: r\r\n\r\nGET /sized HTTP/1.1\r\nHost: r\r\n\r\n")
            let chunked = try client.response()
            #expect(chunked.headers["transfer-encoding"] == "chunked")
            #expect(chunked.headers["content-length"] == nil)
            #expect(chunked.text == "onetwo")
            let sized = try client.response()
            #expect(sized.headers["transfer-encoding"] == nil)
            #expect(sized.headers["content-length"] == "6")
            #expect(sized.text == "onetwo")
        }
    }

    /// RFC 9110 9.3.2: the fields of GET and nothing else. RFC 9110 6.4.1: 204 and 304 have no content, and 204 no length.
    @Test func someAnswersHaveNoContent() async throws {
        try await TestServer.serve(Self.routes) { server in
            let client = try server.client()
            for (path, length, coding) in [("/x", "5", nil), ("/sized", "6", nil), ("/stream", nil, "chunked")] {
                client.send("HEAD \(path) HTTP/1.1\r\nHost: r\r\n\r\n")
                let response = try client.response(head: true)
                #expect(response.headers["content-length"] == length)
                #expect(response.headers["transfer-encoding"] == coding)
            }
            for (path, status) in [("/empty", 204), ("/same", 304)] {
                client.send("GET \(path) HTTP/1.1\r\nHost: r\r\n\r\n")
                let response = try client.response()
                #expect(response.status == status)
                #expect(response.headers["content-length"] == nil)
            }
            client.send("GET /none HTTP/1.1\r\nHost: r\r\n\r\n" + Self.get)
            #expect(try client.response().headers["content-length"] == "0")
            #expect(try client.response().text == "hello")
        }
    }

    @Test func handlersRunOnTheLoopOfTheirConnection() async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/x") { request in
                    let before = EventLoop.current === request.loop
                    await request.loop.sleep(for: .milliseconds(1))
                    log.note("\(before) \(EventLoop.current === request.loop) \(request.id)")
                    return .text("")
                }
            },
            { server in
                let client = try server.client()
                client.send(Self.get + Self.get)
                _ = try (client.response(), client.response())
                #expect(server.log.value.notes == ["true true 1", "true true 2"])
            })
    }

    @Test func moreConnectionsThanMayBeAreSentAway() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        try await TestServer.serve(limits: limits, Self.routes) { server in
            var clients = [try server.client(), try server.client()]
            for client in clients {
                client.send(Self.get)
                #expect(try client.response().status == 200)
            }
            let refused = try server.client()
            let response = try refused.response()
            #expect(response.status == 503)
            #expect(response.headers["connection"] == "close")
            #expect(response.text.contains("2 connections"))
            #expect(refused.isEnded())
            clients.removeLast()
            #expect(server.log.wait { $0.connections <= 1 })
            let next = try server.client()
            next.send(Self.get)
            #expect(try next.response().status == 200)
        }
    }
}
