import HTTP
import HTTPClient
import Primitives
import Reactor
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// Blobs over HTTP (RFC 9110 sections 13, 14), from both kinds of store alike.
struct ReadingTests {
    enum Kind: CaseIterable, Sendable {
        case disk
        case s3
    }

    /// A server that answers with one blob, and a client to ask it.
    private struct Reader {
        let world: BlobWorld
        let stub: S3Stub?
        let blob: StoredBlob
        let client: HTTPClient
        let port: Int

        func get(_ headers: [(name: String, value: String)] = [], method: String = "GET") async throws -> OutboundResponse {
            let url = try OutboundURL(
                "http://127.0.0.1:\(port)/", rules: OutboundURLRules(allowsInsecure: true, allowsPorts: true), guard: S3World.loopback)
            let request = OutboundRequest(method: method, url: url, headers: headers, bodyLimit: 10_000_000, overflow: .refuse)
            return try await client.send(request).get()
        }

        /// Puts something else in the place of what was stored, or nothing.
        func replace(_ bytes: [UInt8]?) {
            let path = BlobName(blob).path
            if let stub {
                stub.state.withLock { $0.objects[path] = bytes }
            } else {
                world.folder.remove(path)
                if let bytes { world.folder.write(bytes, to: path) }
            }
        }
    }

    private func serve(_ kind: Kind, _ bytes: [UInt8], _ body: (Reader) async throws -> Void) async throws {
        switch kind {
        case .disk: try await BlobWorld.run(on: .sqlite) { try await serve($0, nil, bytes, body) }
        case .s3: try await S3World.run { try await serve($0.blobs, $0.stub, bytes, body) }
        }
    }

    private func serve(_ world: BlobWorld, _ stub: S3Stub?, _ bytes: [UInt8], _ body: (Reader) async throws -> Void) async throws {
        let blob = try await world.keep(bytes)
        let group = EventLoopGroup(count: 1)
        let client = HTTPClient(guard: S3World.loopback)
        var routes = RouteGroup()
        routes.get("/") { request in
            do {
                return try await world.store.response(
                    to: request, blob: blob, contentType: "application/zip", lastModified: Timestamp(seconds: 1_800_000_000),
                    headers: [("Cache-Control", "no-cache")])
            } catch let error as BlobError {
                return .text(error.description, status: .internalServerError)
            }
        }
        let server = try await HTTPServer.start(on: SocketAddress(host: "127.0.0.1", port: 0), group: group, router: Router(routes))
        let reader = Reader(world: world, stub: stub, blob: blob, client: client, port: server.address.port)
        let result: Result<Void, any Error>
        do { result = .success(try await body(reader)) } catch { result = .failure(error) }
        await Task.detached {
            client.stop()
            group.stop()
        }.value
        try result.get()
    }

    @Test(arguments: Kind.allCases) func aBlobIsSentWholeOrInPart(_ kind: Kind) async throws {
        let bytes = content(2_500_000)
        try await serve(kind, bytes) { reader in
            let tag = "\"\(BlobName(reader.blob).digestText)\""
            let whole = try await reader.get()
            #expect(whole.status == 200 && whole.body == bytes)
            for (name, value) in [
                ("etag", tag), ("content-type", "application/zip"), ("content-length", "2500000"), ("accept-ranges", "bytes"),
                ("cache-control", "no-cache"), ("last-modified", "Fri, 15 Jan 2027 08:00:00 GMT"),
            ] {
                #expect(whole.header(name) == value)
            }
            for range in [0..<1, 1_048_575..<1_048_577, 100..<2_300_000, 2_499_999..<2_500_000] {
                let part = try await reader.get([("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"), ("if-range", tag)])
                #expect(part.status == 206 && part.body == Array(bytes[range]))
                #expect(part.header("content-range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/2500000")
            }
            let beyond = try await reader.get([("range", "bytes=2500000-")])
            #expect(beyond.status == 416 && beyond.header("content-range") == "bytes */2500000")
        }
    }

    /// What needs no bytes is answered without asking S3 for any.
    @Test(arguments: Kind.allCases) func whatTheClientHasIsNotSentAgain(_ kind: Kind) async throws {
        try await serve(kind, content(1_000)) { reader in
            reader.stub?.state.withLock { $0.requests = [] }
            let tag = "\"\(BlobName(reader.blob).digestText)\""
            let known = try await reader.get([("if-none-match", tag)])
            #expect(known.status == 304 && known.body.isEmpty && known.header("etag") == tag)
            #expect(known.header("cache-control") == "no-cache")
            #expect(try await reader.get([("if-modified-since", "Fri, 15 Jan 2027 08:00:00 GMT")]).status == 304)
            #expect(try await reader.get([("if-match", "\"other\"")]).status == 412)
            let head = try await reader.get(method: "HEAD")
            #expect(head.status == 200 && head.header("content-length") == "1000" && head.body.isEmpty)
            #expect(reader.stub?.state.withLock { $0.requests.isEmpty } != false)
        }
    }

    @Test(arguments: Kind.allCases) func nothingIsSentToo(_ kind: Kind) async throws {
        try await serve(kind, []) { reader in
            let answer = try await reader.get()
            #expect(answer.status == 200 && answer.header("content-length") == "0")
        }
    }

    /// A store that does not have it is an error before anything is sent, and no answer that breaks off.
    @Test(arguments: Kind.allCases) func whatIsLostIsAnError(_ kind: Kind) async throws {
        try await serve(kind, content(1_500_000)) { reader in
            let name = BlobName(reader.blob).text
            reader.replace(nil)
            let missing = try await reader.get()
            #expect(missing.status == 500 && missing.body == Array(BlobError.missing(name: name).description.utf8))
            reader.replace(content(1_000))
            let damaged = try await reader.get()
            #expect(damaged.status == 500 && damaged.body == Array(BlobError.damaged(name: name).description.utf8))
        }
    }

    /// Memory stays flat: from S3 no request asks for more than a piece.
    @Test func s3IsAskedForPieces() async throws {
        try await serve(.s3, content(2_500_000)) { reader in
            reader.stub?.state.withLock { $0.requests = [] }
            let part = try await reader.get([("range", "bytes=10-2000000")])
            #expect(part.body.count == 1_999_991)
            #expect(reader.stub?.state.withLock { $0.requests.map(\.range) } == ["bytes=10-1048585", "bytes=1048586-2000000"])
        }
    }
}
