import Reactor
import Testing

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files over a socket (RFC 9110 sections 13, 14).
struct FileTests {
    static let content = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 2) }

    /// A folder with one file, for the time of a test.
    private final class Folder: Sendable {
        let path: String

        init() throws {
            var template = Array("/tmp/roost-http-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
            guard mkdtemp(&template) != nil else { throw BlockingClient.Failure(what: "mkdtemp: \(errno)") }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let descriptor = open(path + "/file", O_WRONLY | O_CREAT, 0o600)
            let written = write(descriptor, FileTests.content, FileTests.content.count)
            close(descriptor)
            guard written == FileTests.content.count else { throw BlockingClient.Failure(what: "write: \(errno)") }
        }

        deinit {
            unlink(path + "/file")
            rmdir(path)
        }
    }

    static func serve(_ client: @escaping @Sendable (TestServer, BlockingClient) throws -> Void) async throws {
        let folder = try Folder()
        let pool = WorkerPool(name: "files", threads: 1, queueLimit: 100)
        let files = FileResponder(pool: pool)
        try await TestServer.serve({ routes in
            routes.get("/*path") { request in
                let path = folder.path + "/" + (request.parameters["path"] ?? "")
                return try await files.response(to: request, path: path, contentType: "application/octet-stream")
                    ?? .text("no file", status: .notFound)
            }
        }) { server in try client(server, try server.client()) }
        await Task.detached { pool.stop() }.value
        withExtendedLifetime(folder) {}
    }

    static func get(_ fields: String = "", method: String = "GET", path: String = "/file") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: r\r\n\(fields)\r\n"
    }

    @Test func aFileIsSentWholeOrInPart() async throws {
        try await Self.serve { _, client in
            client.send(Self.get())
            let whole = try client.response()
            #expect(whole.status == 200 && whole.body == Self.content)
            #expect(whole.headers["accept-ranges"] == "bytes")
            #expect(whole.headers["content-type"] == "application/octet-stream")
            #expect(whole.headers["last-modified"]?.hasSuffix(" GMT") == true)
            for (range, expected) in [
                ("0-0", 0..<1), ("100000-299999", 100_000..<300_000), ("-5", 399_995..<400_000), ("399990-", 399_990..<400_000),
            ] {
                client.send(Self.get("Range: bytes=\(range)\r\n"))
                let part = try client.response()
                #expect(part.status == 206)
                #expect(part.body == Array(Self.content[expected]))
                #expect(part.headers["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/400000")
            }
            client.send(Self.get("Range: bytes=400000-\r\n"))
            let missing = try client.response()
            #expect(missing.status == 416)
            #expect(missing.headers["content-range"] == "bytes */400000")
            client.send(Self.get("Range: bytes=0-1,5-6\r\n"))
            #expect(try client.response().body.count == 400_000)
        }
    }

    @Test func aFileIsNotSentTwiceToAClientThatHasIt() async throws {
        try await Self.serve { _, client in
            client.send(Self.get(method: "HEAD"))
            let head = try client.response(head: true)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "400000")
            guard let tag = head.headers["etag"], let date = head.headers["last-modified"] else {
                throw BlockingClient.Failure(what: "\(head)")
            }
            for fields in ["If-None-Match: \(tag)\r\n", "If-Modified-Since: \(date)\r\n", "If-None-Match: \(tag)\r\nRange: bytes=0-1\r\n"] {
                client.send(Self.get(fields))
                let kept = try client.response()
                #expect(kept.status == 304, "\(fields)")
                #expect(kept.headers["etag"] == tag)
            }
            client.send(Self.get("If-Match: \"other\"\r\n"))
            #expect(try client.response().status == 412)
            client.send(Self.get("Range: bytes=0-1\r\nIf-Range: \(tag)\r\n"))
            #expect(try client.response().status == 206)
            client.send(Self.get("Range: bytes=0-1\r\nIf-Range: \"other\"\r\n"))
            #expect(try client.response().status == 200)
        }
    }

    @Test func whatIsNoFileIsNotFound() async throws {
        try await Self.serve { _, client in
            for path in ["/none", "/", "/file/x", "/none/x", "/../file", "/" + String(repeating: "a", count: 300)] {
                client.send(Self.get(path: path))
                let response = try client.response()
                #expect(response.status == 404, "\(path)")
            }
        }
    }

    /// The reading waits for the client, and ends with it: nothing is left open.
    @Test func aClientThatGoesEndsTheReading() async throws {
        try await Self.serve { server, client in
            var slow: BlockingClient? = try server.client(receiveBuffer: 4_096)
            slow?.send(String(repeating: Self.get(), count: 50))
            usleep(50_000)
            slow?.resetAtEnd()
            slow = nil
            #expect(server.log.wait { $0.connections == 1 })
            client.send(Self.get())
            #expect(try client.response().body == Self.content)
            #expect(server.log.value.failures.isEmpty)
        }
    }
}
