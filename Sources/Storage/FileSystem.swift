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
}
