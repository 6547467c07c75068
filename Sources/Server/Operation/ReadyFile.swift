internal import JSON

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The file that tells scripts where the server listens (contracts/configuration.md, `--ready-file`).
struct ReadyFile {
    /// The file could not be written.
    struct Failure: Error {
        var path: String
        var reason: String
    }

    let path: String

    /// Writes the whole file beside its place and renames it, so that a reader never sees half of it. Readable by the owner only: while there is
    /// no administrator it holds the setup code.
    func write(url: String, processID: Int32, setupCode: String?) throws(Failure) {
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.member("url", url)
            json.member("pid", Int64(processID))
            json.member("setup_code", setupCode)
        }
        let bytes = json.bytes + [UInt8(ascii: "\n")]
        let temporary = "\(path).\(processID).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        let written = bytes.withUnsafeBytes { Self.writeAll($0, to: descriptor) }
        let closed = close(descriptor) == 0
        guard written, closed, rename(temporary, path) == 0 else {
            let failure = failure()
            unlink(temporary)
            throw failure
        }
    }

    /// Takes the file away when the server stops.
    func remove() {
        unlink(path)
    }

    private func failure() -> Failure {
        Failure(path: path, reason: String(cString: strerror(errno)))
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
            let count = systemWrite(file, base + offset, bytes.count - offset)
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(file, bytes, count)
}
