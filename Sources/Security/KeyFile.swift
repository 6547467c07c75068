internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A secret key in a file of its own, readable by its owner only (DESIGN section 10).
public enum KeyFile {
    /// Why a key cannot be used.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The system refused.
        case system(path: String, reason: String)
        /// The file does not hold a key of this length.
        case wrongLength(path: String, expected: Int)
        /// Others may read the file.
        case tooOpen(path: String)

        /// A sentence for the operator.
        public var description: String {
            switch self {
            case .system(let path, let reason): "The key file \(path) cannot be used: \(reason)."
            case .wrongLength(let path, let expected): "The key file \(path) does not hold a key of \(expected) bytes."
            case .tooOpen(let path): "The key file \(path) can be read by others. Run: chmod 600 \(path)"
            }
        }
    }

    /// The key in the file; at the first start a new one is made and is on disk, with its name, when this returns.
    ///
    /// - Throws: `Failure`; nothing is repaired or replaced, because a lost key ends every session.
    public static func loadOrCreate(_ path: String, bytes count: Int = 32) throws(Failure) -> [UInt8] {
        if access(path, F_OK) != 0, errno == ENOENT { try create(path, bytes: count) }
        return try load(path, bytes: count)
    }

    /// Makes the file, unless another process is faster. The name comes last: no crash leaves half a key under it.
    private static func create(_ path: String, bytes count: Int) throws(Failure) {
        let temporary = "\(path).\(Hex.encode(SecureRandom.bytes(8))).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(path: path, reason: lastError) }
        defer { unlink(temporary) }
        let isWritten = writeAll(SecureRandom.bytes(count), to: file) && fsync(file) == 0
        let reason = lastError
        close(file)
        guard isWritten else { throw .system(path: path, reason: reason) }
        guard link(temporary, path) == 0 || errno == EEXIST, syncFolder(of: path) else { throw .system(path: path, reason: lastError) }
    }

    /// The key in a file that is there already.
    ///
    /// - Throws: `Failure`.
    public static func load(_ path: String, bytes count: Int) throws(Failure) -> [UInt8] {
        // Not blocking, so that a pipe in the place of the file is refused and not waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(path: path, reason: lastError) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, reason: lastError) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .system(path: path, reason: "it is not a file") }
        guard status.st_mode & 0o077 == 0 else { throw .tooOpen(path: path) }
        var key = [UInt8](repeating: 0, count: count)
        guard status.st_size == count, read(descriptor, &key, count) == count else { throw .wrongLength(path: path, expected: count) }
        return key
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + offset }, bytes.count - offset) }
            guard count > 0 || errno == EINTR else { return false }
            offset += max(count, 0)
        }
        return true
    }

    /// Puts the name of a new file on disk.
    private static func syncFolder(of path: String) -> Bool {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static var lastError: String { String(cString: strerror(errno)) }

    /// A key for one purpose out of the key of the file: HMAC-SHA-256 of the purpose's name. Keys of different purposes tell nothing of each other.
    public static func derive(_ purpose: String, from key: [UInt8]) -> [UInt8] {
        HMACSHA256(key: key).authenticate("roost \(purpose) v1".utf8)
    }
}
