internal import Storage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The folder that holds all of a server: database, keys, lock.
struct DataFolder {
    /// The folder could not be made.
    struct Failure: Error, Equatable {
        var path: String
        var reason: String
    }

    let path: String

    /// Makes the folder when it is not there, readable by its owner only.
    init(_ path: String) throws(Failure) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += part
            if !made.isEmpty, mkdir(made, 0o700) != 0, errno != EEXIST {
                throw Failure(path: made, reason: String(cString: strerror(errno)))
            }
            made += "/"
        }
        self.path = path
    }

    /// Keeps other processes away for as long as the lock lives.
    func lock() throws(DatabaseError) -> DataFolderLock {
        try DataFolderLock(folder: path)
    }

    var databaseFile: String { "\(path)/roost.sqlite" }
    var keyFile: String { "\(path)/roost.key" }
}
