import HTTPClient
import Security
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Requests whose body is a file, and signed ones.
struct OutboundFileTests {
    private static let loopback = AddressGuard(allowed: ["127.0.0.0/8"].compactMap { AddressRange($0) })
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    private func send(
        to server: RawServer, _ change: (inout OutboundRequest) -> Void
    ) async throws -> Result<OutboundResponse, OutboundFailure> {
        let client = HTTPClient(guard: Self.loopback)
        defer { client.stop() }
        let rules = OutboundURLRules(allowsInsecure: true, allowsPorts: true)
        var request = OutboundRequest(
            url: try OutboundURL("http://127.0.0.1:\(server.port)/path", rules: rules, guard: Self.loopback), timeout: .seconds(10))
        change(&request)
        return await client.send(request)
    }

    /// Runs `body` with a file that is gone afterwards.
    private func withFile(_ content: String, _ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/roost-file.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        _ = write(descriptor, content, content.utf8.count)
        close(descriptor)
        try await body(path)
    }

    private func lines(_ server: RawServer) throws -> [String] {
        try #require(server.requests.first).split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
    }

    /// Nothing of the file is asked for before, and its length is said: receivers of files refuse chunks.
    @Test(arguments: [0, 1, 500_000]) func aFileIsSent(_ count: Int) async throws {
        let content = String(repeating: "0123456789", count: count / 10 + 1).prefix(count)
        try await withFile(String(content)) { path in
            let server = try RawServer(.bytes(Self.answer))
            let response = try await send(to: server) { request in
                request.method = "PUT"
                request.file = try? OutboundFile(path)
            }.get()
            #expect(response.status == 200 && response.body == Array("hello".utf8))
            let lines = try lines(server)
            #expect(lines.first == "PUT /path HTTP/1.1" && lines.last == String(content))
            #expect(lines.contains("Content-Length: \(count)"))
            #expect(!lines.contains { $0.hasPrefix("Expect") || $0.hasPrefix("Transfer-Encoding") || $0.hasPrefix("Authorization") })
        }
    }

    /// What is cut off while it is sent is no whole file.
    @Test func aFileThatGetsShorterIsNotSent() async throws {
        try await withFile(String(repeating: "x", count: 100_000)) { path in
            let server = try RawServer(.bytes(Self.answer))
            let file = try OutboundFile(path)
            truncate(path, 50_000)
            let result = try await send(to: server) { request in
                request.method = "PUT"
                request.file = file
            }
            // At once, and not when the other side is tired of waiting.
            #expect(throws: OutboundFailure.malformed) { try result.get() }
            #expect(server.requests.isEmpty)
        }
        let missing = #expect(throws: OutboundFile.Failure.self) { try OutboundFile("/tmp/roost-there-is-no-such-file") }
        #expect(missing?.code == ENOENT)
    }

    /// The answer to HEAD says how long a body would be, and has none.
    @Test func theAnswerToHEADHasNoBody() async throws {
        let server = try RawServer(.bytes("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"))
        let response = try await send(to: server) { $0.method = "HEAD" }.get()
        #expect(response.status == 200 && response.header("content-length") == "12345" && response.body.isEmpty)
        #expect(try lines(server).first == "HEAD /path HTTP/1.1")
    }

    /// Only what is sent is signed: some versions of libcurl sign a field that they then leave out, and no store takes that.
    @Test func aSignedRequestNamesFieldsThatItHas() async throws {
        let server = try RawServer(.bytes(Self.answer))
        _ = try await send(to: server) { request in
            request.headers = [("x-amz-content-sha256", "abc")]
            request.credential = SigningCredential(accessKey: "a:key", secretKey: "hush", region: "eu-1")
        }.get()
        let lines = try lines(server)
        let fields = lines.compactMap { $0.firstIndex(of: ":").map { [line = $0] index in line[..<index].lowercased() } }
        let authorization = try #require(lines.first { $0.hasPrefix("Authorization: ") })
        #expect(authorization.hasPrefix("Authorization: AWS4-HMAC-SHA256 Credential=a:key/"))
        #expect(authorization.contains("/eu-1/s3/aws4_request,"))
        let list = try #require(authorization.split(separator: "SignedHeaders=").last?.prefix { $0 != "," })
        let signed = list.split(separator: ";").map(String.init)
        #expect(signed.contains("x-amz-content-sha256") && signed.allSatisfy(fields.contains))
        #expect(!lines.joined().contains("hush"))
    }
}
