import Reactor
import Testing

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How connections end: by the client, by another protocol, by the server going down.
struct EndTests {
    static let get = "GET /x HTTP/1.1\r\nHost: r\r\n\r\n"

    static func routes(_ log: TestServer.SharedLog) -> (inout RouteGroup) -> Void {
        { routes in
            routes.get("/x") { _ in .text("x") }
            routes.get("/wait") { request in
                log.note("begun")
                let isCancelled = await cancelled(request.loop)
                log.note(isCancelled ? "cancelled" : "finished")
                return .text("waited")
            }
            routes.get("/events") { request in
                HTTPResponse(
                    body: .stream(length: nil) { writer in
                        defer { log.note("stream ended") }
                        while true {
                            try await writer.write(Array("data: x\n\n".utf8))
                            await request.loop.sleep(for: .milliseconds(5))
                        }
                    })
            }
        }
    }

    /// Waits until the task is cancelled, two seconds at most.
    static func cancelled(_ loop: EventLoop) async -> Bool {
        for _ in 0..<400 {
            if Task.isCancelled { return true }
            await loop.sleep(for: .milliseconds(5))
        }
        return false
    }

    static func serve(_ client: @escaping @Sendable (TestServer) throws -> Void) async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(log: log, routes(log), client)
    }

    @Test(arguments: [true, false]) func aClientThatGoesCancelsItsHandler(byReset: Bool) async throws {
        try await Self.serve { server in
            var client: BlockingClient? = try server.client()
            client?.send("GET /wait HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(server.log.wait { $0.notes == ["begun"] })
            if byReset { client?.resetAtEnd() }
            client = nil
            #expect(server.log.wait { $0.notes == ["begun", "cancelled"] && $0.connections == 0 })
        }
    }

    /// RFC 9112 9.6: a client that has closed its half may still read.
    /// A byte of the next request does not hide that the client has gone.
    @Test func aClientThatGoesInTheMiddleOfItsNextRequestCancelsItsHandler() async throws {
        try await Self.serve { server in
            var client: BlockingClient? = try server.client()
            client?.send("GET /wait HTTP/1.1\r\nHost: r\r\n\r\nG")
            #expect(server.log.wait { $0.notes == ["begun"] })
            client?.resetAtEnd()
            client = nil
            #expect(server.log.wait { $0.notes == ["begun", "cancelled"] && $0.connections == 0 })
        }
    }

    /// Everything that has come whole is answered, also behind a request that takes its time.
    @Test func aPipelineBeforeTheEndOfInputIsAnswered() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send("GET /wait HTTP/1.1\r\nHost: r\r\n\r\n" + Self.get + "GET /x HT")
            client.endOutput()
            #expect(try client.response().text == "waited")
            #expect(try client.response().text == "x")
            #expect(client.isEnded())
        }
    }

    @Test func anUpgradeWithABodyIsRefusedInWords() async throws {
        try await TestServer.serve({ routes in
            routes.get("/upgrade") { _ in
                HTTPResponse(status: .switchingProtocols, body: .upgrade { _, _ in })
            }
        }) { server in
            let client = try server.client()
            client.send("GET /upgrade HTTP/1.1\r\nHost: r\r\nUpgrade: x\r\nConnection: Upgrade\r\nContent-Length: 10\r\n\r\n")
            #expect(try client.response().status == 400)
            #expect(client.isEnded())
        }
    }

    /// A server that is stopped after its loops has nobody to wait for.
    @Test func drainingAfterTheLoopsHaveStoppedReturns() async throws {
        let group = EventLoopGroup(count: 1)
        let server = try await HTTPServer.start(on: SocketAddress(host: "127.0.0.1", port: 0), group: group, router: Router(RouteGroup()))
        await Task.detached { group.stop() }.value
        await server.drain(deadline: .milliseconds(10))
        #expect(server.connectionCount == 0)
    }

    @Test func aClientThatHasEndedItsHalfIsAnswered() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send("GET /wait HTTP/1.1\r\nHost: r\r\n\r\n")
            client.endOutput()
            let response = try client.response()
            #expect(response.text == "waited")
            #expect(response.headers["connection"] == "close")
            #expect(client.isEnded())
            let quick = try server.client()
            quick.send(Self.get + Self.get)
            quick.endOutput()
            #expect(try quick.response().text == "x")
            #expect(try quick.response().text == "x")
            #expect(quick.isEnded())
        }
    }

    @Test func aClientThatGoesEndsItsStream() async throws {
        try await Self.serve { server in
            var client: BlockingClient? = try server.client()
            client?.send("GET /events HTTP/1.1\r\nHost: r\r\n\r\n")
            usleep(50_000)
            client = nil
            #expect(server.log.wait { $0.notes == ["stream ended"] && $0.connections == 0 })
            #expect(server.log.value.failures.isEmpty)
        }
    }

    // MARK: Upgrades

    private final class Echo: StreamHandler {
        let stream: TCPStream
        init(_ stream: TCPStream) { self.stream = stream }
        func received(_ bytes: UnsafeRawBufferPointer) { stream.write(bytes) }
        func drained() {}
        func inputEnded() { stream.closeAfterFlush() }
        func closed(_ reason: StreamCloseReason) {}
    }

    /// Whatever came behind the head is handed over, before the answer and after it, at once or later.
    @Test(arguments: ["/now", "/later"]) func anUpgradeHandsOverTheStream(_ path: String) async throws {
        try await TestServer.serve({ routes in
            let response: @Sendable () -> HTTPResponse = {
                var response = HTTPResponse(
                    status: .switchingProtocols,
                    body: .upgrade { stream, received in
                        let echo = Echo(stream)
                        stream.handler = echo
                        stream.write(received)
                        stream.resumeReading()
                    })
                response.headers.add("Connection", "Upgrade")
                response.headers.add("Upgrade", "echo")
                return response
            }
            routes.get("/now") { _ in response() }
            routes.get("/later") { request in
                await request.loop.sleep(for: .milliseconds(50))
                return response()
            }
        }) { server in
            let client = try server.client()
            // What follows looks like HTTP, and must not be taken for it.
            client.send("GET \(path) HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n" + Self.get)
            let response = try client.response()
            #expect(response.status == 101)
            #expect(response.headers["upgrade"] == "echo")
            #expect(response.headers["connection"] == "Upgrade")
            #expect(response.headers["content-length"] == nil)
            client.send("more")
            client.endOutput()
            #expect(try client.readToEnd() == Self.get + "more")
            #expect(server.log.wait { $0.finished == [101] && $0.connections == 0 })
        }
    }

    /// RFC 9110 7.8: a server may ignore the field; what follows is HTTP again.
    @Test func anUpgradeThatIsIgnoredLosesNothing() async throws {
        try await Self.serve { server in
            let client = try server.client()
            let upgrade = "GET /x HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"
            client.send(upgrade + upgrade + Self.get)
            client.send(Self.get)
            for _ in 0..<4 { #expect(try client.response().text == "x") }
        }
    }

    // MARK: Going down

    @Test func drainingLetsRequestsEndAndClosesWhatIsIdle() async throws {
        try await Self.serve { server in
            let idle = try server.client()
            idle.send(Self.get)
            #expect(try idle.response().text == "x")
            let halfway = try server.client()
            halfway.send("GET /x HTTP/1.1\r\n")
            let running = try server.client()
            running.send("GET /wait HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(server.log.wait { $0.notes == ["begun"] })
            Task.detached {
                await server.server.drain(deadline: .seconds(8))
                server.log.note("drained")
            }
            #expect(idle.isEnded())
            halfway.send("Host: r\r\n\r\n")
            let last = try halfway.response()
            #expect(last.text == "x")
            #expect(last.headers["connection"] == "close")
            #expect(!server.log.value.notes.contains("drained"))
            let response = try running.response()
            #expect(response.text == "waited")
            #expect(response.headers["connection"] == "close")
            #expect(running.isEnded() && halfway.isEnded())
            #expect(throws: (any Error).self) { try server.client() }
        }
    }

    @Test func whatDoesNotEndInTimeIsCut() async throws {
        try await Self.serve { server in
            let client = try server.client()
            client.send("GET /events HTTP/1.1\r\nHost: r\r\n\r\n")
            usleep(50_000)
            let start = ContinuousClock.now
            Task.detached {
                await server.server.drain(deadline: .milliseconds(200))
                server.log.note("drained")
            }
            #expect(try client.readToEnd().contains("data: x"))
            #expect(server.log.wait { $0.notes.contains("drained") && $0.connections == 0 })
            let time = ContinuousClock.now - start
            #expect(time > .milliseconds(190) && time < .seconds(3))
            #expect(server.log.wait { $0.notes.contains("stream ended") })
        }
    }
}
