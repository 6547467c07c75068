import Reactor
import Testing

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Slow senders are cut (DESIGN section 4). The limits are short here, so that the tests are.
struct DeadlineTests {
    static func serve(
        _ change: (inout HTTPLimits) -> Void, _ client: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        var limits = HTTPLimits()
        change(&limits)
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            limits: limits, log: log,
            { routes in
                routes.get("/x") { _ in .text("x") }
                routes.post("/read") { request in .text("\(try await request.body.collect(upTo: 1 << 20).count)") }
                routes.post("/ignore") { _ in .text("ignored") }
                routes.post("/busy") { request in
                    await request.loop.sleep(for: .milliseconds(1_200))
                    return .text("\(try await request.body.collect(upTo: 1 << 20).count)")
                }
            }, client)
    }

    @Test func aHeadThatDoesNotComeIsNotWaitedFor() async throws {
        try await Self.serve({ $0.headerDeadline = .milliseconds(200) }) { server in
            let silent = try server.client()
            #expect(silent.isEnded())
            // A byte now and then does not help: the deadline is that of the whole head.
            let dripping = try server.client()
            dripping.send("GET /x HTTP/1.1\r\n")
            for _ in 0..<8 {
                usleep(50_000)
                dripping.send("X: y\r\n")
            }
            // Had each byte started the time anew, nothing would have come yet.
            #expect(dripping.hears(within: 50))
            let response = try dripping.response()
            #expect(response.status == 408)
            #expect(response.headers["connection"] == "close")
            #expect(dripping.isEnded())
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        try await Self.serve({ $0.keepAliveIdle = .milliseconds(1_000) }) { server in
            let client = try server.client()
            var lastRequest = ContinuousClock.now
            for request in 1...3 {
                // Each request starts the time anew: the pauses are together longer than a connection may be idle.
                if request > 1 { usleep(600_000) }
                lastRequest = .now
                client.send("GET /x HTTP/1.1\r\nHost: r\r\n\r\n")
                #expect(try client.response().status == 200)
            }
            #expect(client.isEnded())
            #expect(ContinuousClock.now - lastRequest >= .milliseconds(990))
        }
    }

    /// The head of the second request has its own deadline, shorter than the time that the connection may be idle.
    @Test func aLaterHeadHasTheSameDeadline() async throws {
        try await Self.serve({ $0.headerDeadline = .milliseconds(200) }) { server in
            let client = try server.client()
            client.send("GET /x HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(try client.response().status == 200)
            usleep(400_000)
            client.send("GET /x HTTP/1.1\r\n")
            #expect(try client.response().status == 408)
        }
    }

    /// Nor do empty lines before it, which RFC 9112 2.2 lets a client send, put it off.
    @Test func emptyLinesBeforeALaterHeadDoNotPutItOff() async throws {
        try await Self.serve({ $0.headerDeadline = .milliseconds(200) }) { server in
            let client = try server.client()
            client.send("GET /x HTTP/1.1\r\nHost: r\r\n\r\n")
            #expect(try client.response().status == 200)
            client.send("\r")
            usleep(50_000)
            client.send("\n")
            usleep(50_000)
            client.send("GET /x")
            #expect(client.hears(within: 5_000))
            #expect(try client.response().status == 408)
        }
    }

    @Test func aBodyThatStandsStillIsNotWaitedFor() async throws {
        try await Self.serve({ $0.bodyIdle = .milliseconds(200) }) { server in
            let client = try server.client()
            client.send("POST /read HTTP/1.1\r\nHost: r\r\nContent-Length: 10\r\n\r\nabc")
            let response = try client.response()
            #expect(response.status == 408)
            #expect(response.text == "Too slow: the body.\n")
            #expect(client.isEnded())
            #expect(server.log.wait { $0.finished == [408] && $0.connections == 0 })
            // The same for a rest that is only read to be dropped.
            let unread = try server.client()
            unread.send("POST /ignore HTTP/1.1\r\nHost: r\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try unread.response().text == "ignored")
            #expect(unread.isEnded())
        }
    }

    @Test func aBodyThatDripsIsNotWaitedForForever() async throws {
        try await Self.serve({ $0.bodyIdle = .milliseconds(300) }) { server in
            let client = try server.client()
            client.send("POST /read HTTP/1.1\r\nHost: r\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<12 {
                usleep(50_000)
                client.send("a")
            }
            #expect(client.hears(within: 50))
            #expect(try client.response().status == 408)
        }
    }

    /// Only waiting counts: a handler that is busy does not use up the time of its client.
    @Test func aBusyHandlerIsNotHeldAgainstItsClient() async throws {
        try await Self.serve({
            $0.bodyIdle = .milliseconds(1_000)
            $0.headerDeadline = .milliseconds(1_000)
        }) { server in
            let client = try server.client()
            client.send("POST /busy HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\n\r\nab")
            usleep(1_300_000)
            client.send("cd")
            #expect(try client.response().text == "4")
        }
    }

    @Test func bytesEarnTimeAndWaitingSpendsIt() {
        func at(_ milliseconds: UInt64) -> MonotonicInstant { MonotonicInstant(nanoseconds: milliseconds * 1_000_000) }
        var pace = BodyPace(idle: .milliseconds(1_000), bytesForFull: 100)
        #expect(pace.wait(at: at(0)) == .milliseconds(1_000))
        pace.received(10, at: at(600))
        #expect(pace.wait(at: at(5_000)) == .milliseconds(500))
        #expect(pace.wait(at: at(5_100)) == .milliseconds(400))
        pace.received(1, at: at(5_500))
        #expect(pace.wait(at: at(5_500)) == .milliseconds(10))
        pace.received(100, at: at(5_600))
        #expect(pace.wait(at: at(6_000)) == .milliseconds(1_000))
        var lenient = BodyPace(idle: .milliseconds(1_000), bytesForFull: 0)
        _ = lenient.wait(at: at(0))
        lenient.received(1, at: at(999))
        #expect(lenient.wait(at: at(999)) == .milliseconds(1_000))
    }
}
