public import Primitives
internal import Reactor
public import Storage

/// Keeps the files that people upload (docs/decisions/0012-blobs.md): by their content, each once, on disk or in an S3-compatible store.
///
/// An upload makes a row of the table `blobs` and stores the bytes; `Transaction.retain` and `release` count who refers to the row; `collect` removes
/// what nothing refers to.
///
/// ```swift
/// let upload = try await blobs.upload(limit: 2_097_152)
/// try await request.body.forEach { try await upload.append($0) }
/// let blob = try await upload.finish()
/// try await database.transaction { transaction in
///     try transaction.retain(blob)
///     ...
/// }
/// ```
public final class BlobStore: Sendable {
    /// How long a blob stays that nothing refers to, in seconds: since its upload, or since its last reference went.
    public static let graceSeconds: Int64 = 3_600
    /// Bytes that are read of a blob at a time.
    public static let pieceBytes = 1_048_576
    /// Work with files that may wait.
    static let queueLimit = 1_024
    /// Threads that work with files.
    private static let threads = 4

    let database: Database
    let backend: any BlobBackend
    let pool: WorkerPool
    let clock: WallClock
    private let folder: String

    /// - Parameters:
    ///   - database: opened with `Schema.blobs`.
    ///   - place: where the bytes are kept.
    ///   - folder: the data folder. Uploads are written there first, in `blobs/incoming`.
    ///   - clock: that of the database.
    public convenience init(database: Database, place: BlobPlace, folder: String, clock: @escaping WallClock = { .now() }) {
        let pool = WorkerPool(name: "blobs", threads: Self.threads, queueLimit: Self.queueLimit)
        let backend: any BlobBackend =
            switch place {
            case .disk: DiskBlobs(folder: "\(folder)/blobs", pool: pool)
            case .s3(let settings, let sender): S3Blobs(client: S3Client(settings, sender: sender), pool: pool)
            }
        self.init(database: database, backend: backend, folder: folder, pool: pool, clock: clock)
    }

    init(database: Database, backend: any BlobBackend, folder: String, pool: WorkerPool, clock: @escaping WallClock) {
        self.database = database
        self.backend = backend
        self.folder = "\(folder)/blobs"
        self.pool = pool
        self.clock = clock
    }

    private var incoming: String { "\(folder)/incoming" }

    /// Makes the folders, removes what uploads have left behind that a crash has ended, and looks whether the store can be used. Once, before the first
    /// upload, by whoever holds the data folder's lock.
    ///
    /// - Throws: `BlobError.unavailable`.
    public func prepare() async throws {
        try await pool.run { [folder, incoming] in
            try FolderFiles.make(folder)
            try FolderFiles.make(incoming)
            try FolderFiles.clear(incoming)
        }
        try await backend.prepare()
    }

    /// Begins an upload.
    ///
    /// - Parameter limit: bytes at most; nil for as many as the store takes.
    /// - Throws: `BlobError.unavailable`, `WorkerPoolError`.
    public func upload(limit: Int64? = nil) async throws -> BlobUpload {
        let file = try await pool.run { [incoming] in try SpoolFile(folder: incoming) }
        return BlobUpload(store: self, file: file, limit: min(limit ?? .max, backend.objectLimit))
    }

    /// Ends the threads, after what they have. Nothing can be uploaded or read afterwards. Blocks: not on a loop, and not before the last request.
    public func stop() {
        pool.stop()
    }

    /// Makes a row and stores the bytes. The order lets no crash lose what was acknowledged, and none leave bytes that nobody knows of.
    func keep(_ file: SpoolFile, digest: [UInt8], size: Int64) async throws -> StoredBlob {
        let seconds = backend.storingSeconds(size: size)
        let claim = try await database.transaction { try $0.claimBlob(digest: digest, size: size, storingFor: seconds) }
        try await backend.store(file, size: size, as: BlobName(claim.blob), mayExist: claim.isKnown)
        // Only a process that stood still for long gets here so late, and then the row may be gone.
        if clock() > claim.until {
            guard try await database.transaction({ try $0.confirmBlob(claim.blob) }) else { throw BlobError.uploadExpired }
        }
        return claim.blob
    }
}
