#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Holds a data folder for one process: an advisory lock on a file in it, which the system takes away when the process ends, however it ends.
public final class DataFolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the folder.
    ///
    /// - Throws: `DatabaseError.inUse` when another process has it, `.unavailable` when the lock file cannot be made.
    public init(folder: String) throws(DatabaseError) {
        let path = "\(folder)/roost.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable(reason: "\(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw isHeld ? .inUse(path: folder) : .unavailable(reason: "\(path): \(reason)")
        }
        self.descriptor = descriptor
        // For people who look: the lock itself is what counts.
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    deinit {
        close(descriptor)
    }
}
