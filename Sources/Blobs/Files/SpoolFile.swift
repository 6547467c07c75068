internal import Primitives
internal import Security

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The file that an upload is written to before it is stored: readable by its owner only, and gone with this object unless it was moved.
/// All of it blocks: on a worker's thread, one call at a time.
final class SpoolFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// Whether there is nothing to remove any more.
    private let isGone = Mutex(false)

    /// Makes a file of a new name.
    ///
    /// - Throws: `BlobError.unavailable`.
    init(folder: String) throws(BlobError) {
        let path = "\(folder)/\(Hex.encode(SecureRandom.bytes(16)))"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        remove()
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws(BlobError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Self.write(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset) }
            if count > 0 { offset += count } else if errno != EINTR { throw .system(path) }
        }
    }

    /// The system's `write`, out of the shadow of the method of that name.
    private static func write(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, bytes, count)
        #else
            Darwin.write(file, bytes, count)
        #endif
    }

    /// Waits until the bytes are on disk, and gives the file its lasting name, which is on disk too when this returns.
    func move(to place: String, in folder: String) throws(BlobError) {
        guard fsync(descriptor) == 0, rename(path, place) == 0 else { throw .system(place) }
        isGone.withLock { $0 = true }
        try FolderFiles.synchronize(folder)
    }

    /// Removes the file; once.
    func remove() {
        let wasGone = isGone.withLock { gone in
            defer { gone = true }
            return gone
        }
        if !wasGone { unlink(path) }
    }
}

extension BlobError {
    /// What the system says about a path, at once after it has said so.
    static func system(_ path: String) -> BlobError {
        .unavailable(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
