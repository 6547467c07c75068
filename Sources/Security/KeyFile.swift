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

    /// The key in the file; at the first start a new one is made and written to disk.
    public static func loadOrCreate(_ path: String, bytes count: Int = 32) throws(Failure) -> [UInt8] {
        let made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if made >= 0 {
            let key = SecureRandom.bytes(count)
            let isWritten = write(made, key, count) == count && fsync(made) == 0
            let reason = lastError
            close(made)
            guard isWritten else {
                unlink(path)
                throw .system(path: path, reason: reason)
            }
            return key
        }
        guard errno == EEXIST else { throw .system(path: path, reason: lastError) }
        return try load(path, bytes: count)
    }

    private static func load(_ path: String, bytes count: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, reason: lastError) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, reason: lastError) }
        guard status.st_mode & 0o077 == 0 else { throw .tooOpen(path: path) }
        var key = [UInt8](repeating: 0, count: count)
        guard status.st_size == count, read(descriptor, &key, count) == count else { throw .wrongLength(path: path, expected: count) }
        return key
    }

    private static var lastError: String { String(cString: strerror(errno)) }

    /// A key for one purpose out of the key of the file: HMAC-SHA-256 of the purpose's name.
    public static func derive(_ purpose: String, from key: [UInt8]) -> [UInt8] {
        HMACSHA256(key: key).authenticate(Array("roost \(purpose) v1".utf8))
    }
}
