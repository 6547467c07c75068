import Reactor
import Testing

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What leaves the server: errors without details, nothing injected, nothing that piles up.
struct ResponseTests {
    private struct Secret: Error { let password = "hunter2" }

    static let get = "GET /x HTTP/1.1\r\nHost: r\r\n\r\n"

    @Test func aHandlerThatFailsTellsTheClientNothing() async throws {
        try await TestServer.serve({ routes in
            routes.get("/fail") { _ in throw Secret() }
            routes.get("/refuse") { _ in throw HTTPError.bodyTooLarge(limit: 7) }
            routes.get("/x") { _ in .text("x") }
        }) { server in
            let client = try server.client()
            client.send("GET /fail HTTP/1.1\r\nHost: r\r\n\r\nGET /refuse HTTP/1.1\r\nHost: r\r\n\r\n" + Self.get)
            let failed = try client.response()
            #expect(failed.status == 500)
            #expect(failed.text == "Something went wrong.\n")
            let refused = try client.response()
            #expect(refused.status == 413)
            #expect(refused.text.contains("7 bytes"))
            #expect(try client.response().text == "x")
            #expect(server.log.wait { $0.failures.count == 1 && $0.failures[0].contains("hunter2") })
        }
    }

    @Test func errorsHaveTheShapeThatTheHouseGivesThem() async throws {
        var hooks = HTTPServerHooks()
        hooks.errorResponse = { error, path in .json(Array("{\"path\":\"\(path ?? "-")\"}".utf8), status: error.status) }
        try await TestServer.serve(hooks: hooks, { routes in routes.get("/fail") { _ in throw Secret() } }) { server in
            let client = try server.client()
            client.send("GET /fail?a=b HTTP/1.1\r\nHost: r\r\n\r\nnonsense\r\n\r\n" + Self.get)
            let failed = try client.response()
            #expect(failed.status == 500)
            #expect(failed.text == "{\"path\":\"/fail\"}")
            let malformed = try client.response()
            #expect(malformed.status == 400)
            #expect(malformed.text == "{\"path\":\"-\"}")
            #expect(malformed.headers["connection"] == "close")
            // What follows what cannot be understood is not looked at.
            #expect(client.isEnded())
        }
    }

    /// RFC 9112 11.1: response splitting.
    @Test func nothingCanBeInjected() async throws {
        try await TestServer.serve({ routes in
            routes.get("/x") { _ in
                var response = HTTPResponse.text("content", status: HTTPStatus(200, "OK\r\nA: b"))
                response.headers.add("X-Value", "a\r\nSet-Cookie: b")
                response.headers.add("X-Null", "a\0b")
                response.headers.add("X-Name\r\nX", "a")
                response.headers.add("", "a")
                response.headers.add("Content-Length", "1")
                response.headers.add("transfer-encoding", "chunked")
                response.headers.add("DATE", "never")
                response.headers.add("X-Good", "kept")
                return response
            }
            routes.get("/location/*to") { request in .redirect(to: "/" + (request.parameters["to"] ?? "")) }
            routes.get("/interim") { _ in HTTPResponse(status: HTTPStatus(103, "Early Hints")) }
        }) { server in
            let client = try server.client()
            client.send(Self.get)
            let response = try client.response()
            #expect(response.text == "content")
            #expect(Set(response.headers.keys) == ["date", "content-type", "x-good", "content-length"])
            #expect(response.headers["date"] != "never")
            client.send("GET /location/a%0d%0aSet-Cookie:%20b HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(Set(try client.response().headers.keys) == ["date", "content-length"])
            client.send("GET /interim HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(try client.response().status == 500)
        }
    }

    @Test func aHandlerMayCloseTheConnection() async throws {
        try await TestServer.serve({ routes in
            routes.get("/x") { _ in
                var response = HTTPResponse.text("last")
                response.headers.add("Connection", "Close")
                return response
            }
        }) { server in
            let client = try server.client()
            client.send(Self.get + Self.get)
            let response = try client.response()
            #expect(response.text == "last")
            #expect(response.headers["connection"] == "close")
            #expect(client.isEnded())
        }
    }

    /// A stream that does not keep to its length must not be taken for whole, nor run into the next answer.
    @Test(arguments: [
        ("short", "tooShort(declared: 10, written: 4)"), ("long", "tooLong(declared: 2)"), ("broken", "Secret(password: \"hunter2\")"),
    ])
    func aStreamThatBreaksItsWordIsCutOff(_ row: (path: String, failure: String)) async throws {
        try await TestServer.serve({ routes in
            let write: @Sendable (ResponseBodyWriter) async throws -> Void = { try await $0.write(Array("four".utf8)) }
            routes.get("/short") { _ in HTTPResponse(body: .stream(length: 10, write)) }
            routes.get("/long") { _ in HTTPResponse(body: .stream(length: 2, write)) }
            routes.get("/broken") { _ in
                HTTPResponse(
                    body: .stream(length: nil) { writer in
                        try await write(writer)
                        throw Secret()
                    })
            }
        }) { server in
            let client = try server.client()
            client.send("GET /\(row.path) HTTP/1.1\r\nHost: r\r\n\r\n" + Self.get)
            #expect(throws: (any Error).self) { try client.response() }
            #expect(server.log.wait { $0.failures == [row.failure] && $0.connections == 0 })
        }
    }

    /// A slow client holds back the handler, and is not cut as long as it reads.
    @Test func aStreamWaitsForItsClient() async throws {
        let log = TestServer.SharedLog()
        let piece = [UInt8](repeating: 115, count: 64 * 1_024)
        let pieces = 512
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/x") { _ in
                    HTTPResponse(
                        body: .stream(length: nil) { writer in
                            for _ in 0..<pieces {
                                try await writer.write(piece)
                                log.change { $0.notes.append("") }
                            }
                        })
                }
            },
            { server in
                let client = try server.client(receiveBuffer: 65_536)
                client.send(Self.get)
                usleep(300_000)
                let written = server.log.value.notes.count
                #expect(written > 0 && written < pieces / 2, "\(written) of \(pieces) pieces were written while nobody read")
                #expect(try client.response().body.count == pieces * piece.count)
            })
    }

    /// More than a stream may have queued, in one array: it leaves in pieces.
    @Test func aLargeAnswerReachesASlowClientWhole() async throws {
        let content = (0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await TestServer.serve({ routes in
            routes.get("/x") { _ in .bytes(content, contentType: "application/octet-stream") }
            routes.get("/stream") { _ in HTTPResponse(body: .stream(length: nil) { try await $0.write(content) }) }
        }) { server in
            for path in ["/x", "/stream"] {
                let client = try server.client(receiveBuffer: 65_536)
                client.send("GET \(path) HTTP/1.1\r\nHost: r\r\n\r\n" + "GET /none HTTP/1.1\r\nHost: r\r\n\r\n")
                usleep(100_000)
                #expect(try client.response().body == content, "\(path)")
                #expect(try client.response().status == 404)
            }
        }
    }

    /// A client that only sends does not fill the memory with answers that it does not take.
    @Test func answersDoNotPileUp() async throws {
        let log = TestServer.SharedLog()
        let content = [UInt8](repeating: 97, count: 100_000)
        try await TestServer.serve(
            log: log,
            { routes in routes.get("/x") { _ in .bytes(content, contentType: "text/plain") } },
            { server in
                let client = try server.client(receiveBuffer: 16_384)
                client.send(String(repeating: Self.get, count: 1_000))
                usleep(300_000)
                let served = server.log.value.finished.count
                #expect(served < 200, "\(served) answers were made while nobody took any")
                for _ in 0..<1_000 { #expect(try client.response().body.count == content.count) }
            })
    }
}
