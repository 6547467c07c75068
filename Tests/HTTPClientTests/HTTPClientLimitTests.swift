import HTTPClient
import Primitives
import Security
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// contracts/cosmos.md 8.3, 8.5 and docs/decisions/0009: what servers, names and numbers that mean no good cannot do to the client.
struct HTTPClientLimitTests {
    private static let loopback = AddressGuard(allowed: ["127.0.0.0/8"].compactMap { AddressRange($0) })
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    private func url(_ server: RawServer, host: String = "127.0.0.1") throws -> OutboundURL {
        try OutboundURL(
            "http://\(host):\(server.port)/", rules: OutboundURLRules(allowsInsecure: true, allowsPorts: true), guard: Self.loopback)
    }

    private static func end(of request: OutboundRequest, _ client: HTTPClient, _ busy: Tally) async -> OutboundFailure? {
        guard case .failure(let failure) = await client.send(request) else { return nil }
        if case .busy = failure { busy.add() }
        return failure
    }

    private func failure(_ result: Result<OutboundResponse, OutboundFailure>) -> OutboundFailure? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    /// 8.3: "64 overall"; behind them a bounded number waits, and the next is told so at once.
    @Test func soManyAreOnTheirWayAndSoManyWait() async throws {
        let server = try RawServer(.hold)
        let client = HTTPClient(guard: Self.loopback)
        let url = try url(server)
        let places = HTTPClient.concurrencyLimit + HTTPClient.queueLimit
        let busy = Tally()
        let ends = await withTaskGroup(of: OutboundFailure?.self) { group in
            for _ in 0..<places + 10 {
                group.addTask { await Self.end(of: OutboundRequest(url: url, timeout: .seconds(60)), client, busy) }
            }
            while busy.count < 10 || server.connections < HTTPClient.concurrencyLimit {
                try? await Task.sleep(for: .milliseconds(5))
            }
            try? await Task.sleep(for: .milliseconds(300))
            #expect(server.connections == HTTPClient.concurrencyLimit)
            client.stop()
            return await group.reduce(into: [OutboundFailure?]()) { $0.append($1) }
        }
        #expect(ends.count { $0 == .busy(limit: places) } == 10 && ends.count { $0 == .stopped } == places)
    }

    /// 8.3: "whole attempt 15 s", however busily the server pretends to answer.
    @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"]) func aServerThatDripsIsGivenUp(_ start: String) async throws {
        let server = try RawServer(.drip(start + String(repeating: "x", count: 1_000), milliseconds: 10))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let result = await client.send(OutboundRequest(url: try url(server), timeout: .milliseconds(600)))
        #expect(failure(result) == .timedOut)
    }

    /// 3.5: "5 s total", 8.3: "whole attempt 15 s": the search for the name is a part of it.
    @Test func theSearchForTheNameCounts() async throws {
        let server = try RawServer(.silence(milliseconds: 3_000))
        let slow = NameResolver { _ in
            usleep(1_000_000)
            return ["127.0.0.1"]
        }
        let client = HTTPClient(guard: Self.loopback, resolver: slow)
        defer { client.stop() }
        let began = ContinuousClock.now
        let result = await client.send(OutboundRequest(url: try url(server, host: "slow.example.org"), timeout: .milliseconds(1_200)))
        #expect(failure(result) == .timedOut && ContinuousClock.now - began < .milliseconds(2_100))
        let hurried = await client.send(OutboundRequest(url: try url(server, host: "slower.example.org"), timeout: .milliseconds(100)))
        #expect(failure(hurried) == .unresolvable)
    }

    /// The system cannot be told to give up a name: asked for again and again, it keeps one thread, and other names are found.
    @Test func oneSlowNameKeepsOneThread() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let asked = Tally()
        let resolver = NameResolver { name in
            guard name == "slow.example.org" else { return ["127.0.0.1"] }
            asked.add()
            usleep(2_000_000)
            return ["127.0.0.1"]
        }
        let client = HTTPClient(guard: Self.loopback, resolver: resolver, resolveTimeout: .milliseconds(50))
        defer { client.stop() }
        for _ in 0..<5 {
            #expect(failure(await client.send(OutboundRequest(url: try url(server, host: "slow.example.org")))) == .unresolvable)
        }
        #expect(asked.count == 1)
        let patient = HTTPClient(guard: Self.loopback, resolver: resolver)
        defer { patient.stop() }
        let (one, two) = (try url(server, host: "slow.example.org"), try url(server, host: "quick.example.org"))
        async let first = patient.send(OutboundRequest(url: one))
        async let second = patient.send(OutboundRequest(url: one))
        #expect(try await patient.send(OutboundRequest(url: two)).get().status == 200)
        let both = await [first, second]
        #expect(try both.map { try $0.get().status } == [200, 200])
        #expect(asked.count == 2)
    }

    /// The search for a name begins when a thread has time for it: others that are slow delay it, and do not make it fail.
    @Test func slowNamesDelayOthersAndNoMore() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let resolver = NameResolver { name in
            if name.hasPrefix("slow") { usleep(700_000) }
            return ["127.0.0.1"]
        }
        let client = HTTPClient(guard: Self.loopback, resolver: resolver, resolveTimeout: .milliseconds(400))
        defer { client.stop() }
        let slow = try (0..<8).map { try url(server, host: "slow\($0).example.org") }
        let quick = try url(server, host: "quick.example.org")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for url in slow {
                group.addTask {
                    let result = await client.send(OutboundRequest(url: url))
                    #expect(throws: OutboundFailure.unresolvable) { try result.get() }
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await client.send(OutboundRequest(url: quick)).get().status == 200)
            try await group.waitForAll()
        }
    }

    /// What was found counts for others too, so that names that are slow keep known ones from nothing; what was not found is looked for again.
    @Test func aNameIsFoundOnceInAMinute() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let asked = Tally()
        let resolver = NameResolver { name in
            asked.add()
            return name == "known.example.org" ? ["127.0.0.1"] : []
        }
        let client = HTTPClient(guard: Self.loopback, resolver: resolver)
        defer { client.stop() }
        for _ in 0..<3 {
            #expect(try await client.send(OutboundRequest(url: try url(server, host: "known.example.org"))).get().status == 200)
        }
        #expect(asked.count == 1)
        for _ in 0..<2 {
            let result = await client.send(OutboundRequest(url: try url(server, host: "unknown.example.org")))
            #expect(failure(result) == .unresolvable)
        }
        #expect(asked.count == 3)
    }

    /// Whoever has no turn within its time is told so then: it does not wait for those before it.
    @Test func aRequestThatGetsNoTurnEndsInItsTime() async throws {
        let server = try RawServer(.hold)
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let url = try url(server)
        await withTaskGroup(of: OutboundFailure?.self) { group in
            let busy = Tally()
            for _ in 0..<HTTPClient.concurrencyLimit {
                group.addTask { await Self.end(of: OutboundRequest(url: url, timeout: .seconds(60)), client, busy) }
            }
            while server.connections < HTTPClient.concurrencyLimit { try? await Task.sleep(for: .milliseconds(5)) }
            let began = ContinuousClock.now
            let late = await client.send(OutboundRequest(url: url, timeout: .milliseconds(300)))
            #expect(failure(late) == .busy(limit: HTTPClient.concurrencyLimit) && ContinuousClock.now - began < .seconds(3))
            client.stop()
            await group.waitForAll()
        }
    }

    /// 8.5, rule 3: "the server's own public addresses", also where they are the router's; what an operator has opened is open.
    @Test func theAddressOfOnesOwnNameIsForbidden() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let resolver = NameResolver { name in
            switch name {
            case "own.example.org", "alias.example.org": ["1.2.3.4"]
            case "opened.example.org": ["127.0.0.1"]
            default: []
            }
        }
        let client = HTTPClient(guard: Self.loopback, ownName: "own.example.org", resolver: resolver)
        defer { client.stop() }
        let rules = OutboundURLRules(allowsInsecure: true, allowsPorts: true)
        for host in ["alias.example.org", "own.example.org"] {
            let url = try OutboundURL("http://\(host):\(server.port)/", rules: rules, guard: Self.loopback)
            #expect(failure(await client.send(OutboundRequest(url: url))) == .forbiddenAddress)
        }
        let own = HTTPClient(guard: Self.loopback, ownName: "127.0.0.1", resolver: resolver)
        defer { own.stop() }
        #expect(try await own.send(OutboundRequest(url: try url(server, host: "opened.example.org"))).get().status == 200)
        #expect(try await own.send(OutboundRequest(url: try url(server))).get().status == 200)
    }

    /// RFC 9110 15.2 and 6.5.1: neither what comes before the answer nor what comes after its body are fields of it.
    @Test func fieldsOfOtherPartsDoNotCount() async throws {
        let server = try RawServer(
            .bytes(
                "HTTP/1.1 103 Early Hints\r\nCache-Control: max-age=1\r\n\r\nHTTP/1.1 200 OK\r\nX-Real: yes\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\nCache-Control: max-age=2\r\n\r\n"))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let response = try await client.send(OutboundRequest(url: try url(server))).get()
        #expect(response.status == 200 && response.body == Array("hello".utf8) && response.header("x-real") == "yes")
        #expect(response.header("cache-control") == nil)
    }

    /// An answer that never begins is bounded like its fields are.
    @Test func aFloodOfInterimAnswersIsCutOff() async throws {
        let server = try RawServer(.bytes(String(repeating: "HTTP/1.1 103 Early Hints\r\nX: yyyyyyyy\r\n\r\n", count: 20_000)))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        #expect(failure(await client.send(OutboundRequest(url: try url(server)))) == .malformed)
    }

    /// 8.5, rule 2: "compare the peer address again" compares addresses, which in IPv6 have several spellings.
    @Test(arguments: ["127.0.0.1", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]"])
    func anOpenedAddressIsReachedInEverySpelling(_ host: String) async throws {
        let server = try RawServer(.bytes(Self.answer))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        #expect(try await client.send(OutboundRequest(url: try url(server, host: host))).get().status == 200)
    }

    /// No time at all is not, as it is to libcurl, all the time of the world.
    @Test func noTimeIsNoTime() async throws {
        let server = try RawServer(.silence(milliseconds: 2_000))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let result = await client.send(OutboundRequest(url: try url(server), timeout: .zero))
        #expect(failure(result) == .timedOut)
    }
}

/// Counts across threads.
private final class Tally: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func add() {
        number.withLock { $0 += 1 }
    }
}
