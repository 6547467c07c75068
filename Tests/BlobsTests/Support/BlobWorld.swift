import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// A store of blobs on disk, with a database of its own and a clock that stands still.
struct BlobWorld: Sendable {
    static let loops = EventLoopGroup(count: 1)
    static let pool = WorkerPool(name: "blobs-test", threads: 4, queueLimit: 1_024)

    let database: Database
    let folder: BlobFolder
    let backend: HookedBackend
    let store: BlobStore
    let clock: ManualClock

    /// Runs `body` in a world that is gone afterwards.
    ///
    /// - Parameter backend: where blobs are kept; nil for the data folder.
    static func run(
        on engine: TestEngine, backend: (any BlobBackend)? = nil, _ body: (BlobWorld) async throws -> Void
    ) async throws {
        try await engine.withDatabase { configuration in
            let clock = ManualClock()
            let folder = try BlobFolder()
            let database = try await Database.open(configuration, schemas: [.blobs], loops: loops) { clock.now }
            let hooked = HookedBackend(backend ?? DiskBlobs(folder: "\(folder.path)/blobs", pool: pool))
            let store = BlobStore(database: database, backend: hooked, folder: folder.path, pool: pool) { clock.now }
            do {
                try await store.prepare()
                try await body(BlobWorld(database: database, folder: folder, backend: hooked, store: store, clock: clock))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    // MARK: What a dialect would do

    func upload(_ pieces: [UInt8]..., limit: Int64? = nil) async throws -> StoredBlob {
        let upload = try await store.upload(limit: limit)
        for piece in pieces { try await upload.append(piece) }
        return try await upload.finish()
    }

    func retain(_ blob: StoredBlob) async throws {
        try await database.transaction { try $0.retain(blob) }
    }

    func release(_ blob: StoredBlob) async throws {
        try await database.transaction { try $0.release(blob) }
    }

    /// An upload that somebody refers to.
    func keep(_ bytes: [UInt8]) async throws -> StoredBlob {
        let blob = try await upload(bytes)
        try await retain(blob)
        return blob
    }

    /// Removes all that may be removed now.
    func collect() async throws {
        while try await store.collect(limit: 10) {}
    }

    func bytes(of blob: StoredBlob) async throws -> [UInt8] {
        try await store.bytes(of: blob, limit: .max)
    }

    /// Findings and sums of a look at everything.
    func verify(deep: Bool = false, repair: Bool = false) async throws -> (findings: [BlobFinding], summary: BlobSummary) {
        var findings: [BlobFinding] = []
        let summary = try await store.verify(deep: deep, repair: repair) { findings.append($0) }
        return (findings, summary)
    }

    // MARK: What is in the tables

    struct RowState: Equatable, Sendable {
        var id: Int64
        var references: Int64
    }

    var rows: [RowState] {
        get async throws {
            try await database.read { reader in
                try reader.query("SELECT id, reference_count FROM blobs ORDER BY id") {
                    RowState(id: try $0.integer(0), references: try $0.integer(1))
                }
            }
        }
    }

    /// Whether nothing is left at all: no row, no note, no object, no upload.
    var isEmpty: Bool {
        get async throws {
            let rows = try await database.read { reader in
                try reader.query("SELECT id FROM blobs UNION ALL SELECT id FROM blob_removals") { try $0.integer(0) }
            }
            return rows.isEmpty && folder.objects.isEmpty && folder.incoming.isEmpty
        }
    }
}

/// Bytes that look like any upload: different for each seed.
func content(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed &* 7) &* 31 >> 2 ^ $0 >> 9 &+ seed) }
}
