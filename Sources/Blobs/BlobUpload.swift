internal import Primitives
internal import Reactor
internal import Security
public import Storage

/// A file on its way in, piece by piece: it is written to a temporary file and hashed meanwhile, so that no more than a piece is in memory.
///
/// One task at a time uses it. One that is dropped leaves nothing behind.
public final class BlobUpload: Sendable {
    private struct State {
        var hash = SHA256.Stream()
        var size: Int64 = 0
        var hasEnded = false
    }

    private let store: BlobStore
    private let file: SpoolFile
    /// Bytes at most.
    private let limit: Int64
    private let state = Mutex(State())

    init(store: BlobStore, file: SpoolFile, limit: Int64) {
        self.store = store
        self.file = file
        self.limit = limit
    }

    /// Takes the next piece; it is written when this returns.
    ///
    /// - Throws: `BlobError.tooLarge` as soon as there are more bytes than may be, `.unavailable` when the disk refuses, `.uploadEnded`,
    ///   `WorkerPoolError`. After the first two the upload has ended and left nothing behind.
    public func append(_ bytes: [UInt8]) async throws {
        let isTooLarge = try state.withLock { state throws(BlobError) in
            guard !state.hasEnded else { throw .uploadEnded }
            return Int64(bytes.count) > limit - state.size
        }
        if isTooLarge {
            await cancel()
            throw BlobError.tooLarge(limit: limit)
        }
        do {
            try await store.pool.run { [self] in
                try file.write(bytes)
                state.withLock { state in
                    state.hash.update(bytes)
                    state.size += Int64(bytes.count)
                }
            }
        } catch let error as BlobError {
            await cancel()
            throw error
        }
    }

    /// Where what has come so far is written, until the upload ends: for reading only.
    public var path: String { file.path }

    /// SHA-256 of what has come so far.
    public func digest() -> [UInt8] {
        state.withLock { $0.hash.digest() }
    }

    /// Ends the upload. When this returns the bytes are durable in the store; who wants them kept has an hour to refer to them with
    /// `Transaction.retain`. The same content that is there already is not kept twice.
    ///
    /// - Throws: `BlobError.unavailable`, `.uploadExpired`, `.uploadEnded`; `DatabaseError`, `WorkerPoolError`. The upload has ended in any case.
    public func finish() async throws -> StoredBlob {
        let (digest, size) = try state.withLock { state throws(BlobError) in
            guard !state.hasEnded else { throw .uploadEnded }
            state.hasEnded = true
            return (state.hash.digest(), state.size)
        }
        do {
            let blob = try await store.keep(file, digest: digest, size: size)
            await removeFile()
            return blob
        } catch {
            await removeFile()
            throw error
        }
    }

    /// Ends the upload and forgets what has come. After the end it does nothing.
    public func cancel() async {
        let hadEnded = state.withLock { state in
            defer { state.hasEnded = true }
            return state.hasEnded
        }
        if !hadEnded { await removeFile() }
    }

    /// What is not removed now, because too much waits for the disk, is when the upload is dropped.
    private func removeFile() async {
        try? await store.pool.run { [file] in file.remove() }
    }
}
