import Reactor
import Synchronization
import Testing

@testable import HTTP

/// Bodies on their way to the handler: held back while nobody reads, refused or dropped when nobody will.
struct RequestBodyTests {
    static func routes(_ log: TestServer.SharedLog) -> (inout RouteGroup) -> Void {
        { routes in
            routes.post("/count") { request in
                var total = 0
                try await request.body.forEach { total += $0.count }
                return .text("\(total)")
            }
            routes.post("/collect") { request in .text("\(try await request.body.collect(upTo: 10).count)") }
            routes.post("/ignore") { _ in .text("ignored") }
            routes.post("/held") { request in
                while !log.value.notes.contains("go") { await request.loop.sleep(for: .milliseconds(1)) }
                var total = 0
                while let piece = try await request.body.next() {
                    total += piece.count
                    log.change { $0.notes.append(piece.count > 400_000 ? "large piece" : "") }
                }
                return .text("\(total)")
            }
            routes.post("/wait") { request in
                do {
                    while let piece = try await request.body.next() { log.note("\(piece.count)") }
                    log.note("end")
                } catch {
                    log.note("\(error)")
                    throw error
                }
                return .text("read")
            }
            routes.get("/x") { _ in .text("x") }
        }
    }

    static func serve(
        _ limits: HTTPLimits = HTTPLimits(), _ client: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(limits: limits, log: log, routes(log), client)
    }

    static let get = "GET /x HTTP/1.1\r\nHost: r\r\n\r\n"

    static func post(_ path: String, _ fields: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: r\r\n\(fields)\r\n\r\n"
    }

    @Test func aBodyIsReadInWhateverPiecesItComes() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.post("/count", "Content-Length: 6"))
            for byte in "abcdef".utf8 { client.send([byte]) }
            #expect(try client.response().text == "6")
            client.send(Self.post("/count", "Transfer-Encoding: chunked"))
            for byte in "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: x\r\n\r\n".utf8 { client.send([byte]) }
            #expect(try client.response().text == "5")
            client.send(Self.post("/count", "Content-Length: 0") + Self.get)
            #expect(try client.response().text == "0")
            #expect(try client.response().text == "x")
        }
    }

    /// What is too large is refused with the limit in the answer, with and without a declared length, and the connection is closed or still good.
    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        try await Self.serve { server in
            for (fields, body) in [("Content-Length: 11", "01234567890"), ("Transfer-Encoding: chunked", "b\r\n01234567890\r\n0\r\n\r\n")] {
                let client = try server.client()
                client.send(Self.post("/collect", fields) + body)
                let response = try client.response()
                #expect(response.status == 413)
                #expect(response.text == "A body has at most 10 bytes.\n")
                client.send(Self.get)
                #expect(try client.response().text == "x")
            }
        }
    }

    /// The client is held back: what waits is the buffer of the server and those of the system, however much there is to come.
    @Test func anUploadWaitsForItsHandler() async throws {
        try await Self.serve { server in
            let client = try server.client()
            let total = 256 << 20
            client.send(Self.post("/held", "Content-Length: \(total)"))
            let taken = client.sendUntilHeld(total)
            #expect(taken < 32 << 20, "\(taken) bytes were taken while nobody read")
            server.log.note("go")
            let piece = [UInt8](repeating: 120, count: 1 << 20)
            var sent = taken
            while sent < total {
                let count = client.send(Array(piece.prefix(total - sent)))
                guard count > 0 else { break }
                sent += count
            }
            #expect(try client.response().text == "\(total)")
            #expect(!server.log.value.notes.contains("large piece"))
        }
    }

    /// RFC 9110 10.1.1: 100 when the handler asks for the body, and not before.
    @Test func continueIsSentWhenTheBodyIsWanted() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.post("/count", "Content-Length: 3\r\nExpect: 100-continue"))
            #expect(try client.response().status == 100)
            client.send("abc")
            #expect(try client.response().text == "3")
            // A client that did not wait needs no 100.
            client.send(Self.post("/count", "Content-Length: 3\r\nExpect: 100-continue") + "abc")
            #expect(try client.response().text == "3")
            // Nobody wants it: the answer comes at once. Whether the body follows nobody knows, so the connection ends.
            client.send(Self.post("/ignore", "Content-Length: 3\r\nExpect: 100-continue"))
            let response = try client.response()
            #expect(response.text == "ignored")
            #expect(response.headers["connection"] == "close")
            #expect(client.isEnded())
        }
    }

    /// A small rest is read and dropped, to keep the connection; a large one is not.
    @Test func aBodyThatNobodyReadIsDroppedOrEndsTheConnection() async throws {
        try await Self.serve { server in
            for (fields, first, rest) in [
                ("Content-Length: 20", "12345", "678901234567890"),
                ("Transfer-Encoding: chunked", "5\r\n12345\r\n", "2\r\nab\r\n0\r\n\r\n"),
            ] {
                let client = try server.client()
                client.send(Self.post("/ignore", fields) + first)
                let response = try client.response()
                #expect(response.text == "ignored")
                #expect(response.headers["connection"] == nil)
                client.send(rest + Self.get)
                #expect(try client.response().text == "x")
            }
            let large = try server.client()
            large.send(Self.post("/ignore", "Content-Length: 1000000") + "1")
            #expect(try large.response().headers["connection"] == "close")
            #expect(large.isEnded())
            let endless = try server.client()
            endless.send(Self.post("/ignore", "Transfer-Encoding: chunked"))
            #expect(try endless.response().text == "ignored")
            endless.send("100000\r\n" + String(repeating: "a", count: 100_000))
            #expect(endless.isEnded())
        }
    }

    @Test func aBodyThatBreaksOffFailsItsReader() async throws {
        try await Self.serve { server in
            var client: BlockingClient? = try server.client()
            client?.send(Self.post("/wait", "Content-Length: 10") + "abc")
            #expect(server.log.wait { $0.notes == ["3"] })
            client?.resetAtEnd()
            client = nil
            #expect(server.log.wait { $0.notes == ["3", "disconnected"] && $0.connections == 0 })
            // That a client has gone is nothing that an operator must act on.
            #expect(server.log.value.failures.isEmpty)
        }
    }

    /// A request that has its answer gets no second one, which would be taken for that of the next.
    @Test func aRestThatIsMalformedEndsTheConnectionWithoutAWord() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.post("/ignore", "Transfer-Encoding: chunked"))
            #expect(try client.response().text == "ignored")
            client.send("zz\r\n")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test func aBodyThatIsMalformedFailsItsReaderAndIsAnswered400() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send(Self.post("/wait", "Transfer-Encoding: chunked") + "3\r\nabc\r\n")
            #expect(server.log.wait { $0.notes == ["3"] })
            client.send("zz\r\n" + Self.get)
            let response = try client.response()
            #expect(response.status == 400)
            #expect(response.headers["connection"] == "close")
            #expect(client.isEnded())
            #expect(server.log.wait { $0.notes.last == "malformed(\"a chunk size\")" && $0.finished == [400] })
        }
    }

    @Test func aSecondReaderIsRefused() async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            log: log,
            { routes in
                routes.post("/two") { request in
                    let body = request.body
                    request.loop.start {
                        do { _ = try await body.next() } catch { log.note("\(error)") }
                        log.note("first")
                    }
                    do { _ = try await body.next() } catch { log.note("\(error)") }
                    return .text("done")
                }
            },
            { server in
                let client = try server.client()
                client.send(Self.post("/two", "Content-Length: 2"))
                #expect(try client.response().text == "done")
                // The first one waited until its request was answered.
                #expect(server.log.wait { $0.notes == ["bodyIsBeingRead", "disconnected", "first"] })
            })
    }
}
