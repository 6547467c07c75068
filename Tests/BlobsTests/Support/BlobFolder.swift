import StorageTesting

@testable import Blobs

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A data folder for the time of a test, with all that is in it.
final class BlobFolder: Sendable {
    let path: String

    struct Failure: Error {
        let code: Int32
    }

    init() throws {
        var template = Array("/tmp/roost-blobs.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in TestFolder.names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// Where uploads are written first.
    var incoming: [String] { TestFolder.names(in: "\(path)/blobs/incoming") }

    /// The stored objects, as paths below `blobs`.
    var objects: [String] {
        TestFolder.names(in: "\(path)/blobs").filter { $0 != "incoming" }.flatMap { shard in
            TestFolder.names(in: "\(path)/blobs/\(shard)").map { "\(shard)/\($0)" }
        }
    }

    /// Writes a file below `blobs`.
    func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open("\(path)/blobs/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = bytes.withUnsafeBytes { systemWrite(descriptor, $0) }
        close(descriptor)
    }

    func remove(_ name: String) {
        unlink("\(path)/blobs/\(name)")
    }

    /// Gives a file another time of change, in seconds since the epoch.
    func date(_ name: String, _ seconds: Int64) {
        var times = [timeval(tv_sec: Int(seconds), tv_usec: 0), timeval(tv_sec: Int(seconds), tv_usec: 0)]
        utimes("\(path)/blobs/\(name)", &times)
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}
