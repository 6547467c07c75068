internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What is done with folders and the files in them. All of it blocks.
enum FolderFiles {
    /// A file and what the system knows of it.
    struct Entry {
        var name: String
        var size: Int64
        var changedAt: Timestamp
    }

    /// Makes a folder that only its owner can look into; one that is there stays as it is.
    ///
    /// - Throws: `BlobError.unavailable`.
    static func make(_ path: String) throws(BlobError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(path) }
    }

    /// Waits until the names in a folder are on disk.
    ///
    /// - Throws: `BlobError.unavailable`.
    static func synchronize(_ path: String) throws(BlobError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(path) }
    }

    /// The names in a folder; none when it is not there.
    ///
    /// - Throws: `BlobError.unavailable`.
    static func names(in path: String) throws(BlobError) -> [String] {
        guard let folder = opendir(path) else {
            guard errno == ENOENT else { throw .system(path) }
            return []
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The regular files in a folder; one that goes meanwhile is left out.
    ///
    /// - Throws: `BlobError.unavailable`.
    static func files(in path: String) throws(BlobError) -> [Entry] {
        var entries: [Entry] = []
        for name in try names(in: path) {
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Glibc)
                let time = status.st_mtim
            #else
                let time = status.st_mtimespec
            #endif
            let changedAt = Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
            entries.append(Entry(name: name, size: Int64(status.st_size), changedAt: changedAt))
        }
        return entries
    }

    /// Removes all files of a folder.
    ///
    /// - Throws: `BlobError.unavailable`.
    static func clear(_ path: String) throws(BlobError) {
        for name in try names(in: path) {
            guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else { throw .system("\(path)/\(name)") }
        }
    }
}
