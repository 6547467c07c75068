internal import HTTP
internal import HTTPClient
internal import Primitives
internal import Reactor

/// Blobs as objects of a bucket: `<first byte of the digest>/<name>`.
struct S3Blobs: BlobBackend {
    /// What one PUT may bring, as AWS has it.
    static let putLimit: Int64 = 5 * 1_024 * 1_024 * 1_024
    /// Bytes per second below which a PUT is given up.
    static let slowestPut: Int64 = 65_536
    /// Bytes of a page of a list: a thousand objects, and room for what stores add.
    static let pageLimit = 4 * 1_024 * 1_024

    private let client: S3Client
    private let pool: WorkerPool

    /// - Parameter pool: its threads open files.
    init(client: S3Client, pool: WorkerPool) {
        self.client = client
        self.pool = pool
    }

    var objectLimit: Int64 { Self.putLimit }

    /// All attempts at HEAD and PUT, the pauses between them, and some more.
    func storingSeconds(size: Int64) -> Int64 {
        Int64(S3Client.attempts) * (Self.putSeconds(size) + S3Client.timeout.components.seconds) + 60
    }

    private static func putSeconds(_ size: Int64) -> Int64 {
        S3Client.timeout.components.seconds + size / slowestPut
    }

    /// Asks for a list of one: what `verify` does, so that a key that may not list is seen now.
    func prepare() async throws {
        _ = try await page(prefix: "00/", count: 1, after: nil)
    }

    func store(_ file: SpoolFile, size: Int64, as name: BlobName, mayExist: Bool) async throws {
        if mayExist, try await self.size(of: name) == size { return }
        let body = try await pool.run { [path = file.path] in
            do throws(OutboundFile.Failure) {
                return try OutboundFile(path)
            } catch {
                throw BlobError.unavailable(reason: "an upload cannot be read (error \(error.code))")
            }
        }
        // The store compares what arrives with the digest, which is signed.
        let response = try await client.send(
            S3Client.Request(
                method: "PUT", path: "/\(name.path)", headers: [("content-type", "application/octet-stream")], file: body,
                bodyDigest: name.digestText, timeout: .seconds(Self.putSeconds(size))))
        guard response.status < 300 else { throw Self.unexpected("PUT", response) }
    }

    func size(of name: BlobName) async throws -> Int64? {
        let response = try await client.send(S3Client.Request(method: "HEAD", path: "/\(name.path)"))
        if response.status == 404 { return nil }
        guard let size = response.header("content-length").flatMap({ Int64($0) }) else { throw Self.unexpected("HEAD", response) }
        return size
    }

    func read(_ name: BlobName, _ range: Range<Int64>) async throws -> [UInt8] {
        let response = try await client.send(
            S3Client.Request(
                method: "GET", path: "/\(name.path)", headers: [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
                answerLimit: BlobStore.pieceBytes))
        if response.status == 404 { throw BlobError.missing(name: name.text) }
        guard response.body.count == range.count else { throw BlobError.damaged(name: name.text) }
        return response.body
    }

    /// Bytes go through this server, a piece at a time: the first before the answer begins, so that a store that fails is an error and no broken answer.
    func response(to request: HTTPRequest, name: BlobName, representation: Representation) async throws -> HTTPResponse {
        var wanted: Range<Int>?
        var response = representation.response(to: request) { range in
            wanted = range
            return .stream(length: range.count) { _ in }
        }
        guard let wanted, request.method != .head else { return response }
        guard !wanted.isEmpty else {
            response.body = .bytes([])
            return response
        }
        let first = try await read(name, Self.piece(of: wanted, from: wanted.lowerBound))
        guard first.count < wanted.count else {
            response.body = .bytes(first)
            return response
        }
        response.body = .stream(length: wanted.count) { writer in
            try await writer.write(first)
            var start = wanted.lowerBound + first.count
            while start < wanted.upperBound {
                let piece = try await read(name, Self.piece(of: wanted, from: start))
                try await writer.write(piece)
                start += piece.count
            }
        }
        return response
    }

    private static func piece(of range: Range<Int>, from start: Int) -> Range<Int64> {
        Int64(start)..<Int64(min(start + BlobStore.pieceBytes, range.upperBound))
    }

    func remove(_ name: BlobName) async throws {
        _ = try await client.send(S3Client.Request(method: "DELETE", path: "/\(name.path)"))
    }

    func objects(in shard: UInt8) async throws -> [StoredObject] {
        var objects: [StoredObject] = []
        var continuation: String?
        repeat {
            let page = try await page(prefix: "\(BlobName.folder(of: shard))/", count: 1_000, after: continuation)
            objects += page.entries.compactMap { entry in
                BlobName(path: entry.key).map { StoredObject(name: $0, size: entry.size, storedAt: entry.storedAt) }
            }
            guard page.continuation == nil || page.continuation != continuation else {
                throw BlobError.unavailable(reason: "the S3 store lists the same page again and again")
            }
            continuation = page.continuation
        } while continuation != nil
        return objects
    }

    private func page(prefix: String, count: Int, after continuation: String?) async throws -> S3Answer.Page {
        var query = [(name: "list-type", value: "2"), ("max-keys", String(count)), ("prefix", prefix)]
        if let continuation { query.append(("continuation-token", continuation)) }
        let response = try await client.send(S3Client.Request(method: "GET", path: "/", query: query, answerLimit: Self.pageLimit))
        guard response.status == 200, let page = S3Answer.page(response.body) else { throw Self.unexpected("GET of a list", response) }
        return page
    }

    private static func unexpected(_ method: String, _ response: OutboundResponse) -> BlobError {
        .unavailable(reason: "the S3 store answered \(method) with \(response.status) and what cannot be used")
    }
}
