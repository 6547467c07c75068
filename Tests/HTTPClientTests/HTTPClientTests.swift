import HTTPClient
import Primitives
import Security
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// contracts/cosmos.md 8.3 and 8.5: what a request to another server does, and what it never does.
struct HTTPClientTests {
    private static let loopback = AddressGuard(allowed: ["127.0.0.0/8"].compactMap { AddressRange($0) })
    private static let rules = OutboundURLRules(allowsInsecure: true, allowsPorts: true)
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: one\r\nx-two: two\r\n\r\nhello"

    /// Sends to a server of this machine under a name that the resolver gives away.
    private func send(
        to server: RawServer, host: String = "hooks.example.org", guard: AddressGuard = loopback,
        resolver: NameResolver = NameResolver { _ in ["127.0.0.1"] }, resolveTimeout: Duration = .seconds(5),
        _ change: (inout OutboundRequest) -> Void = { _ in }
    ) async throws -> Result<OutboundResponse, OutboundFailure> {
        let client = HTTPClient(guard: `guard`, resolver: resolver, resolveTimeout: resolveTimeout)
        defer { client.stop() }
        let url = try OutboundURL("http://\(host):\(server.port)/path?query=%41", rules: Self.rules, guard: `guard`)
        var request = OutboundRequest(url: url)
        change(&request)
        return await client.send(request)
    }

    @Test func aRequestSaysWhatItIsToldAndNothingElse() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let response = try await send(to: server) { request in
            request.method = "POST"
            request.headers = [("content-type", "application/json"), ("user-agent", "Test/1")]
            request.body = Array(#"{"a":1}"#.utf8)
        }.get()
        #expect(response.status == 200 && response.body == Array("hello".utf8))
        #expect(response.headers.filter { $0.name == "x-two" }.map(\.value) == ["one", "two"])
        #expect(response.header("content-length") == "5")
        let lines = try #require(server.requests.first).split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "POST /path?query=%41 HTTP/1.1" && lines.last == #"{"a":1}"#)
        #expect(
            Set(lines.dropFirst().dropLast(2).map { $0.lowercased() }) == [
                "host: hooks.example.org:\(server.port)", "accept: */*", "content-type: application/json", "user-agent: test/1",
                "content-length: 7",
            ])
    }

    /// "No redirects": a place that somebody else names has not been looked at.
    @Test(arguments: [301, 302, 307, 308]) func aRedirectIsAnAnswer(_ status: Int) async throws {
        let other = try RawServer(.bytes(Self.answer))
        let server = try RawServer(
            .bytes("HTTP/1.1 \(status) Moved\r\nLocation: http://127.0.0.1:\(other.port)/\r\nContent-Length: 0\r\n\r\n"))
        #expect(try await send(to: server).get().status == status)
        #expect(other.requests.isEmpty)
    }

    /// "no decompression of the answer, read at most 4 KiB of it and discard".
    @Test func aLongAnswerIsCutOrRefused() async throws {
        let long = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + String(repeating: "x", count: 100_000)
        let server = try RawServer(.bytes(long))
        let cut = try await send(to: server) { $0.bodyLimit = 10 }.get()
        #expect(cut.status == 200 && cut.body == Array("xxxxxxxxxx".utf8))
        let refused = try await send(to: server) { request in
            request.bodyLimit = 10
            request.overflow = .refuse
        }
        #expect(throws: OutboundFailure.tooLarge(limit: 10)) { try refused.get() }
        let whole = try await send(to: server) { request in
            request.bodyLimit = 100_000
            request.overflow = .refuse
        }
        #expect(try whole.get().body.count == 100_000)
    }

    @Test func aSilentServerIsGivenUp() async throws {
        let server = try RawServer(.silence(milliseconds: 3_000))
        let result = try await send(to: server) { $0.timeout = .milliseconds(150) }
        #expect(throws: OutboundFailure.timedOut) { try result.get() }
    }

    @Test(
        arguments: [
            ("", OutboundFailure.reset), ("nonsense\r\n\r\n", .malformed), ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", .reset),
            ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 100_000) + "\r\n\r\n", .malformed),
        ]) func aBrokenAnswerIsAFailure(_ bytes: String, _ failure: OutboundFailure) async throws
    {
        let server = try RawServer(.bytes(bytes))
        let result = try await send(to: server)
        #expect(throws: failure) { try result.get() }
    }

    @Test func nobodyThereIsAFailure() async throws {
        let port = try { try RawServer(.bytes("")).port }()
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let url = try OutboundURL("http://127.0.0.1:\(port)/", rules: Self.rules, guard: Self.loopback)
        let result = await client.send(OutboundRequest(url: url))
        #expect(throws: OutboundFailure.unreachable) { try result.get() }
    }

    /// "if **any** is forbidden, refuse".
    @Test(
        arguments: [
            ["10.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"],
            ["2606:2800:21f:cb07::1", "fe80::1"], ["not an address"],
        ]) func oneForbiddenAddressRefusesTheName(_ addresses: [String]) async throws
    {
        let server = try RawServer(.bytes(Self.answer))
        let result = try await send(to: server, resolver: NameResolver { _ in addresses })
        #expect(throws: OutboundFailure.forbiddenAddress) { try result.get() }
        #expect(server.requests.isEmpty)
    }

    /// "Connect to exactly one of the checked addresses": the name is not asked for again, whatever it would say.
    @Test func aNameIsResolvedOnceForEachRequest() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let asked = Counter()
        let changing = NameResolver { _ in asked.next() == 1 ? ["127.0.0.1"] : ["10.0.0.1"] }
        #expect(try await send(to: server, resolver: changing).get().status == 200)
        #expect(server.requests.count == 1)
    }

    @Test func aNameWithoutAnAddressIsAFailure() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let none = try await send(to: server, resolver: NameResolver { _ in [] })
        #expect(throws: OutboundFailure.unresolvable) { try none.get() }
        let slow = NameResolver { _ in
            usleep(600_000)
            return ["127.0.0.1"]
        }
        let late = try await send(to: server, resolver: slow, resolveTimeout: .milliseconds(50))
        #expect(throws: OutboundFailure.unresolvable) { try late.get() }
        #expect(server.requests.isEmpty)
    }

    /// Connections that need TLS and do not get it.
    @Test func withoutACertificateThereIsNoTLS() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let url = try OutboundURL("https://127.0.0.1:\(server.port)/", rules: Self.rules, guard: Self.loopback)
        let result = await client.send(OutboundRequest(url: url, timeout: .seconds(2)))
        #expect(throws: OutboundFailure.self) { try result.get() }
        #expect(server.requests.allSatisfy { !$0.contains("GET") })
    }

    @Test func stoppingEndsWhatIsOnItsWay() async throws {
        let server = try RawServer(.silence(milliseconds: 2_000))
        let client = HTTPClient(guard: Self.loopback)
        let url = try OutboundURL("http://127.0.0.1:\(server.port)/", rules: Self.rules, guard: Self.loopback)
        async let first = client.send(OutboundRequest(url: url))
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        client.stop()
        let ended = await first
        #expect(throws: OutboundFailure.stopped) { try ended.get() }
        let after = await client.send(OutboundRequest(url: url))
        #expect(throws: OutboundFailure.stopped) { try after.get() }
        client.stop()
    }

    /// More than may be on their way at a time: the others wait, and all are answered.
    @Test func manyRequestsAreAllAnswered() async throws {
        let server = try RawServer(.bytes(Self.answer))
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let url = try OutboundURL("http://127.0.0.1:\(server.port)/", rules: Self.rules, guard: Self.loopback)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { (try? await client.send(OutboundRequest(url: url)).get().status) ?? 0 } }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 200) && server.requests.count == 200)
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
