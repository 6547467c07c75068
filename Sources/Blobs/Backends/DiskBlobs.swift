internal import HTTP
internal import Reactor

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Blobs as files of the data folder: `blobs/<first byte of the digest>/<name>`.
struct DiskBlobs: BlobBackend {
    /// The folder `blobs`.
    let folder: String
    private let pool: WorkerPool
    private let responder: FileResponder

    /// - Parameter pool: its threads do all work with files.
    init(folder: String, pool: WorkerPool) {
        self.folder = folder
        self.pool = pool
        responder = FileResponder(pool: pool)
    }

    /// As much as a file may have.
    var objectLimit: Int64 { .max }

    /// A flush to a disk that is busy takes minutes; a name takes nothing.
    func storingSeconds(size: Int64) -> Int64 { 600 }

    /// Makes all folders now, so that none has to be made durable with a file.
    func prepare() async throws {
        try await pool.run { [self] in
            try FolderFiles.make(folder)
            for shard in UInt8.min...UInt8.max { try FolderFiles.make(path(ofShard: shard)) }
            try FolderFiles.synchronize(folder)
        }
    }

    /// Moves the file, also over what is there: that may be broken, and this is not.
    func store(_ file: SpoolFile, size: Int64, as name: BlobName, mayExist: Bool) async throws {
        try await pool.run { [self] in try file.move(to: path(of: name), in: path(ofShard: name.shard)) }
    }

    func size(of name: BlobName) async throws -> Int64? {
        let path = path(of: name)
        return try await pool.run {
            var status = stat()
            guard stat(path, &status) == 0 else {
                guard errno == ENOENT else { throw BlobError.system(path) }
                return nil
            }
            return Int64(status.st_size)
        }
    }

    func read(_ name: BlobName, _ range: Range<Int64>) async throws -> [UInt8] {
        let path = path(of: name)
        return try await pool.run {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw errno == ENOENT ? BlobError.missing(name: name.text) : .system(path) }
            defer { close(descriptor) }
            var failure: BlobError?
            let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                while count < range.count, failure == nil {
                    let place = off_t(range.lowerBound + Int64(count))
                    let read = pread(descriptor, buffer.baseAddress.map { $0 + count }, range.count - count, place)
                    if read > 0 {
                        count += read
                    } else if read == 0 {
                        failure = .damaged(name: name.text)
                    } else if errno != EINTR {
                        failure = .system(path)
                    }
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }

    func response(to request: HTTPRequest, name: BlobName, representation: Representation) async throws -> HTTPResponse {
        do {
            let path = path(of: name)
            guard let response = try await responder.response(to: request, path: path, representation: representation) else {
                throw BlobError.missing(name: name.text)
            }
            return response
        } catch let failure as FileFailure {
            throw failure.code == EIO ? BlobError.damaged(name: name.text) : .unavailable(reason: failure.description)
        }
    }

    /// Durable too: the note that the file is to be removed is forgotten after this.
    func remove(_ name: BlobName) async throws {
        let (path, folder) = (path(of: name), path(ofShard: name.shard))
        try await pool.run {
            guard unlink(path) == 0 || errno == ENOENT else { throw BlobError.system(path) }
            try FolderFiles.synchronize(folder)
        }
    }

    func objects(in shard: UInt8) async throws -> [StoredObject] {
        let folder = path(ofShard: shard)
        return try await pool.run {
            try FolderFiles.files(in: folder).compactMap { file in
                guard let name = BlobName(file.name), name.shard == shard else { return nil }
                return StoredObject(name: name, size: file.size, storedAt: file.changedAt)
            }
        }
    }

    private func path(ofShard shard: UInt8) -> String { "\(folder)/\(BlobName.folder(of: shard))" }
    private func path(of name: BlobName) -> String { "\(folder)/\(name.path)" }
}
