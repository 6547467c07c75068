#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The few things the storage does with files itself.
enum FileSystem {
    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// Makes an empty file that only its owner can read; one that is there stays as it is.
    static func createPrivate(_ path: String) throws(DatabaseError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unavailable(path) }
        close(descriptor)
    }

    /// Waits until a file and its name are on disk.
    static func synchronize(_ path: String) throws(DatabaseError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        for name in [path, folder] {
            let descriptor = open(name, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw unavailable(name) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw unavailable(name) }
        }
    }

    private static func unavailable(_ path: String) -> DatabaseError {
        .unavailable(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
