import Primitives
import Reactor
import Testing

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#endif

/// What the owner of an event stream may rely on.
@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    static let get = "GET /events HTTP/1.1\r\nHost: r\r\n\r\n"

    /// Serves `/events`, which notes its beginning and its end.
    private static func serve(
        limits: HTTPLimits = HTTPLimits(), keepAlive: Duration = .seconds(60),
        then start: @escaping @Sendable (EventStream) -> Void = { _ in },
        _ client: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            limits: limits, log: log,
            { routes in
                routes.get("/events") { _ in
                    .eventStream(keepAlive: keepAlive, clock: { Timestamp(seconds: 1_700_000_000) }) { events in
                        log.note("open: \(events.isOpen)")
                        events.onEnd = { [events] in log.note("over: \(!events.isOpen)") }
                        start(events)
                    }
                }
            }, client)
    }

    private static func event(_ number: Int64) -> [UInt8] {
        ServerSentEvent.bytes(id: number, event: "count", data: Array(String(number).utf8))
    }

    @Test func theHeadIsExactAndTheContentEndsWithTheConnection() async throws {
        try await Self.serve(then: { events in
            events.send(Self.event(1))
            events.loop.schedule(after: .milliseconds(20)) {
                events.send(Self.event(2))
                events.end()
                #expect(!events.isOpen)
                events.send(Self.event(3))
                events.end()
            }
        }) { server in
            let client = try server.client()
            client.send(Self.get)
            let answer = try client.readToEnd().split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(answer.count == 8 && answer[1].hasPrefix("Date: "))
            let rest = answer.enumerated().filter { $0.offset != 1 }.map(\.element)
            #expect(
                rest == [
                    "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no",
                    "Connection: close", "", "id:1\nevent:count\ndata:1\n\nid:2\nevent:count\ndata:2\n\n",
                ])
            #expect(server.log.wait { $0.endless == 0 })
            #expect(server.log.value.notes == ["open: true", "over: true"])
        }
    }

    /// The owner may be going through its streams, or hold a lock, while it ends one.
    @Test func theEndIsNotToldFromInsideTheCallThatCausesIt() async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/events") { _ in
                    .eventStream(keepAlive: .seconds(60), clock: { .now() }) { events in
                        events.onEnd = { log.note("over") }
                        events.end()
                        log.note("ended")
                    }
                }
            }
        ) { server in
            let client = try server.client()
            client.send(Self.get)
            #expect(try client.response().text.isEmpty)
            #expect(server.log.wait { $0.notes == ["ended", "over"] })
        }
    }

    enum Ending: CaseIterable {
        case half, whole, reset
    }

    @Test(arguments: Ending.allCases) func aClientThatGoesEndsTheStreamOnce(_ ending: Ending) async throws {
        try await Self.serve { server in
            var client: BlockingClient? = try server.client()
            client?.send(Self.get)
            #expect(try client?.response(head: true).status == 200)
            #expect(server.log.wait { $0.notes == ["open: true"] && $0.endless == 1 })
            switch ending {
            case .half:
                client?.endOutput()
                #expect(client?.isEnded() == true)
            case .whole: client = nil
            case .reset:
                client?.resetAtEnd()
                client = nil
            }
            #expect(server.log.wait { $0.endless == 0 })
            #expect(server.log.value.notes == ["open: true", "over: true"])
        }
    }

    /// What the owner sets may hold the stream, and is let go of at the end.
    @Test(arguments: [true, false]) func nothingIsLeftOfAStream(endsByItself: Bool) async throws {
        final class Witness {
            let log: TestServer.SharedLog
            init(_ log: TestServer.SharedLog) { self.log = log }
            deinit { log.note("gone") }
        }
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/events") { _ in
                    .eventStream(keepAlive: .milliseconds(10), clock: { .now() }) { events in
                        let witness = Witness(log)
                        events.onEnd = { withExtendedLifetime((events, witness)) {} }
                        events.onTick = { [events] in withExtendedLifetime((events, witness)) {} }
                        if endsByItself { events.end() }
                    }
                }
            }
        ) { server in
            var client: BlockingClient? = try server.client()
            client?.send(Self.get)
            #expect(try client?.response(head: true).status == 200)
            client = nil
            #expect(server.log.wait { $0.notes == ["gone"] && $0.endless == 0 })
        }
    }

    // MARK: Keep-alive

    @Test func keepAlivesTellTheTimeUntilATickEndsTheStream() async throws {
        try await Self.serve(
            keepAlive: .milliseconds(20),
            then: { events in
                var ticks = 0
                events.onTick = {
                    ticks += 1
                    if ticks == 3 { events.end() }
                }
            }
        ) { server in
            let client = try server.client()
            let start = ContinuousClock.now
            client.send(Self.get)
            #expect(try client.response().text == ":1700000000\n\n:1700000000\n\n")
            #expect(ContinuousClock.now - start >= .milliseconds(55))
            #expect(server.log.wait { $0.notes == ["open: true", "over: true"] })
        }
    }

    // MARK: Slow readers

    /// A reader that leaves more than the output limit waiting is cut, however the events come.
    @Test func aReaderIsCutAtTheOutputLimit() async throws {
        let sent = Mutex(0)
        try await Self.serve(then: { events in
            @Sendable func send(_ events: EventStream) {
                guard events.isOpen, sent.withLock({ $0 }) < 64 << 20 else { return }
                events.send([UInt8](repeating: 58, count: 65_536))
                sent.withLock { $0 += 65_536 }
                let bound = LoopBound(events, loop: events.loop)
                events.loop.schedule(after: .zero) { send(bound.value) }
            }
            send(events)
        }) { server in
            let client = try server.client(receiveBuffer: 4_096)
            client.send(Self.get)
            #expect(server.log.wait { $0.notes == ["open: true", "over: true"] && $0.endless == 0 })
            #expect(sent.withLock { $0 } < 64 << 20)
            #expect(try client.readToEnd().utf8.count < sent.withLock { $0 })
        }
    }

    /// One that takes nothing is cut at the stall limit, however little waits.
    @Test func aReaderIsCutAtTheStallLimit() async throws {
        let log = TestServer.SharedLog()
        try await TestServer.serve(
            log: log,
            { routes in
                routes.get("/events") { _ in
                    HTTPResponse(
                        body: .endless { stream in
                            stream.stallLimit = .milliseconds(500)
                            let events = EventStream(stream, keepAlive: .milliseconds(1), clock: { .now() })
                            events.onEnd = { log.note("over") }
                            // Fills what the system holds, then stops below the output limit.
                            events.onTick = { [unowned events] in
                                if events.queuedBytes == 0 {
                                    events.send([UInt8](repeating: 58, count: 262_144))
                                } else {
                                    log.note("waits")
                                }
                            }
                            events.open()
                        })
                }
            }
        ) { server in
            let client = try server.client(receiveBuffer: 4_096)
            client.send(Self.get)
            #expect(server.log.wait { $0.notes.last == "over" && $0.endless == 0 })
            #expect(server.log.value.notes.contains("waits"))
            withExtendedLifetime(client) {}
        }
    }

    #if os(Linux)
        /// Only the system can tell that a client has vanished; the rest of it is in `AcknowledgementLimitTests`.
        @Test func aClientThatVanishesIsGivenUpByTheSystem() async throws {
            try await Self.serve { server in
                let client = try server.client()
                client.send(Self.get)
                _ = try client.response(head: true)
                let limits = (Int32(0)..<65_536).filter { Self.localPort($0) == server.server.address.port }.compactMap(Self.userTimeout)
                // The sockets that listen are at the same port, and have no limit.
                #expect(limits.filter { $0 == 30_000 }.count == 1)
            }
        }

        private static func localPort(_ descriptor: Int32) -> Int? {
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            return result == 0 && address.sin_family == sa_family_t(AF_INET) ? Int(UInt16(bigEndian: address.sin_port)) : nil
        }

        private static func userTimeout(_ descriptor: Int32) -> UInt32? {
            var milliseconds: UInt32 = 0
            var length = socklen_t(MemoryLayout<UInt32>.size)
            return getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, &length) == 0 ? milliseconds : nil
        }
    #endif

    // MARK: Beside the requests

    /// Whoever has the stream ends it, as with upgraded ones.
    @Test func drainingDoesNotWaitForAStream() async throws {
        try await Self.serve(keepAlive: .milliseconds(300)) { server in
            let client = try server.client()
            client.send(Self.get)
            _ = try client.response(head: true)
            #expect(server.log.wait { $0.connections == 0 && $0.endless == 1 })
            let start = ContinuousClock.now
            Task.detached {
                await server.server.drain(deadline: .seconds(20))
                server.log.note("drained")
            }
            #expect(server.log.wait { $0.notes == ["open: true", "drained"] })
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(try client.text(26) == ":1700000000\n\n:1700000000\n\n")
            #expect(server.log.value.endless == 1)
        }
    }

    @Test func streamsCountAsConnections() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        try await Self.serve(limits: limits) { server in
            var streams: [BlockingClient] = []
            for _ in 0..<2 {
                let client = try server.client()
                client.send(Self.get)
                #expect(try client.response(head: true).status == 200)
                streams.append(client)
            }
            #expect(try server.client().response().status == 503)
            streams.removeLast()
            #expect(server.log.wait { $0.endless == 1 })
            let client = try server.client()
            client.send(Self.get)
            #expect(try client.response(head: true).status == 200)
        }
    }
}
