#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A folder that only the owner can reach, and that is gone after the test.
public enum TestFolder {
    /// Why there is no folder.
    public struct Failure: Error {
        /// What the system says.
        public let code: Int32
    }

    /// Runs `body` with the path of a folder of its own. Files in it are removed; folders in it are not expected.
    public static func with(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/roost-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in names(in: path) { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        try await body(path)
    }

    /// The names of the files in a folder, sorted.
    public static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The permission bits of a file, nil when it is not there.
    public static func mode(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o7777 : nil
    }
}
