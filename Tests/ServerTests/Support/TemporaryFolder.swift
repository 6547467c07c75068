import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder of a test's own.
enum TemporaryFolder {
    /// Runs `body` in a new folder, which is empty again when it ends and goes away.
    static func with(_ body: (_ path: String) throws -> Void) throws {
        var template = Array("/tmp/roost-server-test.XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&template)))
        defer { remove(path) }
        try body(path)
    }

    /// Runs `body`, which waits for something, in a new folder.
    static func with(_ body: (_ path: String) async throws -> Void) async throws {
        var template = Array("/tmp/roost-server-test.XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&template)))
        defer { remove(path) }
        try await body(path)
    }

    /// The permission bits of a file, nil when it is not there.
    static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o7777 : nil
    }

    /// Makes a file.
    static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(systemWrite(file, bytes) == bytes.count)
    }

    /// Lets everybody read and write a file.
    static func allowEverybody(_ path: String) throws {
        try #require(chmod(path, 0o666) == 0)
    }

    /// Makes a symbolic link.
    static func link(_ path: String, to target: String) throws {
        try #require(symlink(target, path) == 0)
    }

    /// The names in a folder.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func remove(_ path: String) {
        for name in names(in: path) {
            let inner = "\(path)/\(name)"
            if unlink(inner) != 0 { remove(inner) }
        }
        rmdir(path)
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: [UInt8]) -> Int {
    write(file, bytes, bytes.count)
}
