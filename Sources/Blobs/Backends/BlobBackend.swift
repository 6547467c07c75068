internal import HTTP
internal import Primitives

/// A place that keeps bytes under names. What it has taken is durable; taking the same name again brings the same bytes.
protocol BlobBackend: Sendable {
    /// Bytes of one object, at most.
    var objectLimit: Int64 { get }

    /// How long `store` may take at most for so many bytes, in seconds; afterwards it has ended or failed.
    func storingSeconds(size: Int64) -> Int64

    /// Makes the place ready and looks whether it can be used.
    ///
    /// - Throws: `BlobError.unavailable`.
    func prepare() async throws

    /// Keeps the bytes of a file; durable when it returns. The file may be gone afterwards.
    ///
    /// - Parameter mayExist: whether somebody may have stored the name before.
    /// - Throws: `BlobError.unavailable`.
    func store(_ file: SpoolFile, size: Int64, as name: BlobName, mayExist: Bool) async throws

    /// Bytes that are kept under a name, nil when there are none.
    func size(of name: BlobName) async throws -> Int64?

    /// A part of what is kept; all of that part.
    ///
    /// - Parameter range: not empty, and no longer than `BlobStore.pieceBytes`.
    /// - Throws: `BlobError.missing`, `.damaged` when it ends before, `.unavailable`.
    func read(_ name: BlobName, _ range: Range<Int64>) async throws -> [UInt8]

    /// The answer to GET or HEAD.
    ///
    /// - Throws: `BlobError.missing`, `.damaged`, `.unavailable`.
    func response(to request: HTTPRequest, name: BlobName, representation: Representation) async throws -> HTTPResponse

    /// Removes what is kept under a name; nothing there is fine.
    func remove(_ name: BlobName) async throws

    /// All that is kept under names whose digest begins with a byte. What bears no such name is passed over.
    func objects(in shard: UInt8) async throws -> [StoredObject]
}

/// What a place keeps under a name.
struct StoredObject: Sendable, Equatable {
    var name: BlobName
    /// Bytes.
    var size: Int64
    /// When it was stored, by the clock of the place.
    var storedAt: Timestamp
}
