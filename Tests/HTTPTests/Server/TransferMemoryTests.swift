#if os(Linux)
    import Glibc
    import Reactor
    import TestSupport
    import Testing

    @testable import HTTP

    /// An upload or a download costs its buffers, however long it is (DESIGN section 1: bounded by design).
    struct TransferMemoryTests {
        private static let piece = 1 << 20
        private static let pieces = 1_024

        /// Bytes of this process that are in memory: the second field of /proc/self/statm, in pages.
        private static func residentBytes() -> Int? {
            guard let file = fopen("/proc/self/statm", "r") else { return nil }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            guard fgets(&line, Int32(line.count), file) != nil else { return nil }
            let text = line.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
        }

        /// A sanitizer keeps freed memory for a while.
        private static let isMeasurable = getenv("ROOST_TEST_SANITIZER") == nil

        @Test(.enabled(if: isMeasurable), arguments: ["Content-Length: \(piece * pieces)", "Transfer-Encoding: chunked"])
        func anUploadOfAGibibyteDoesNotGrowTheMemory(framing: String) async throws {
            let isChunked = framing.hasPrefix("Transfer")
            try await TestServer.serve({ routes in
                routes.post("/count") { request in
                    var total = 0
                    try await request.body.forEach { total += $0.count }
                    return .text("\(total)")
                }
            }) { server in
                let client = try server.client()
                let content = [UInt8](repeating: 120, count: Self.piece)
                let piece = isChunked ? Array("\(String(Self.piece, radix: 16))\r\n".utf8) + content + Array("\r\n".utf8) : content
                client.send("POST /count HTTP/1.1\r\nHost: r\r\n\(framing)\r\n\r\n")
                // The first pieces fill the buffers that are kept.
                for _ in 0..<16 { client.send(piece) }
                let before = try #require(Self.residentBytes())
                var most = before
                for _ in 16..<Self.pieces {
                    client.send(piece)
                    most = max(most, Self.residentBytes() ?? .max)
                }
                if isChunked { client.send("0\r\n\r\n") }
                #expect(try client.response().text == "\(Self.piece * Self.pieces)")
                #expect(most - before < 16 << 20, "\(most - before) bytes more in memory")
            }
        }

        @Test(.enabled(if: isMeasurable)) func aDownloadOfAGibibyteDoesNotGrowTheMemory() async throws {
            try await TestServer.serve({ routes in
                routes.get("/large") { _ in
                    HTTPResponse(
                        body: .stream(length: Self.piece * Self.pieces) { writer in
                            let content = [UInt8](repeating: 120, count: Self.piece)
                            for _ in 0..<Self.pieces { try await writer.write(content) }
                        })
                }
            }) { server in
                let socket = try BlockingSocket(port: server.server.address.port)
                socket.send(Array("GET /large HTTP/1.1\r\nHost: r\r\n\r\n".utf8))
                // The first pieces fill the buffers that are kept.
                var received = socket.receive(16 * Self.piece).count
                let before = try #require(Self.residentBytes())
                var most = before
                while received < Self.piece * Self.pieces {
                    let more = socket.receive(Self.piece).count
                    guard more > 0 else { break }
                    received += more
                    most = max(most, Self.residentBytes() ?? .max)
                }
                #expect(received >= Self.piece * Self.pieces)
                #expect(most - before < 16 << 20, "\(most - before) bytes more in memory")
            }
        }
    }
#endif
