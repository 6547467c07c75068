public import HTTP
public import Primitives
internal import Reactor
internal import Security
public import Storage

extension BlobStore {
    /// The answer to GET or HEAD for a blob: 200, 206, 304, 412 or 416 with a strong `ETag`, the digest in hexadecimal. Bytes are read no faster than the
    /// client takes them, a piece at a time.
    ///
    /// - Parameters:
    ///   - contentType: what it is, in the caller's judgement: never what the uploader claims without a look.
    ///   - lastModified: when the resource got this content; only the caller knows.
    ///   - headers: more fields, which every answer gets.
    /// - Throws: `BlobError.missing`, `.damaged`, `.unavailable` before anything is sent; what happens later ends the connection.
    public func response(
        to request: HTTPRequest, blob: StoredBlob, contentType: String, lastModified: Timestamp? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> HTTPResponse {
        let representation = Representation(
            contentType: contentType, length: Int(blob.size), entityTag: EntityTag(Hex.encode(blob.digest)), lastModified: lastModified)
        var response = try await backend.response(to: request, name: BlobName(blob), representation: representation)
        for field in headers { response.headers.add(field.name, field.value) }
        return response
    }

    /// All bytes of a small blob, which are what was uploaded.
    ///
    /// - Parameter limit: bytes at most.
    /// - Throws: `BlobError.tooLarge`, `.missing`, `.damaged`, `.unavailable`.
    public func bytes(of blob: StoredBlob, limit: Int64) async throws -> [UInt8] {
        guard blob.size <= limit else { throw BlobError.tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(blob.size))
        try await read(blob) { bytes += $0 }
        let isWhole = try await pool.run { [bytes] in SHA256.hash(bytes) == blob.digest }
        guard isWhole else { throw BlobError.damaged(name: BlobName(blob).text) }
        return bytes
    }

    /// Hands the bytes of a blob over, a piece at a time.
    ///
    /// - Throws: `BlobError.missing`, `.damaged` when there are fewer, `.unavailable`.
    func read(_ blob: StoredBlob, _ piece: ([UInt8]) async throws -> Void) async throws {
        let name = BlobName(blob)
        // There may be nothing to read, and still it has to be there.
        guard let size = try await backend.size(of: name) else { throw BlobError.missing(name: name.text) }
        guard size == blob.size else { throw BlobError.damaged(name: name.text) }
        var start: Int64 = 0
        while start < size {
            let end = min(start + Int64(Self.pieceBytes), size)
            try await piece(try await backend.read(name, start..<end))
            start = end
        }
    }
}
