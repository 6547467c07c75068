internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A regular file that is open for reading; closed when nobody has it any more. Reads at a place, so several may read at a time.
final class OpenFile: Sendable {
    let length: Int
    let lastModified: Timestamp
    /// From size and time of change, as web servers do: whoever rewrites a file in place within the clock's step can fool it.
    let entityTag: EntityTag?
    private let descriptor: Int32

    /// Nil when there is no regular file of that path. Blocks.
    ///
    /// - Throws: `FileFailure` for a file that is there and cannot be opened.
    init?(_ path: String) throws(FileFailure) {
        // Without O_NONBLOCK the opening of a pipe waits for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            // Also names that no file can have, and what is there but no file.
            guard [ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, ENXIO].contains(code) else { throw FileFailure(code) }
            return nil
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        length = Int(status.st_size)
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        lastModified = Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
        let version = [Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec)].map { String($0, radix: 36) }.joined(separator: "-")
        entityTag = EntityTag(version)
    }

    deinit { close(descriptor) }

    /// Refuses a file that does not hold what is said of it.
    func requireLength(_ expected: Int) throws(FileFailure) {
        guard length == expected else { throw FileFailure(EIO) }
    }

    /// The bytes at a place, all of them. Blocks.
    ///
    /// - Throws: `FileFailure`, also when the file has become shorter.
    func read(_ range: Range<Int>) throws(FileFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count, failure == 0 {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + count }, range.count - count, off_t(range.lowerBound + count))
                if got > 0 { count += got } else if got == 0 { failure = EIO } else if errno != EINTR { failure = errno }
            }
        }
        guard failure == 0 else { throw FileFailure(failure) }
        return bytes
    }
}

/// A file that cannot be read.
public struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system's number of the error.
    public let code: Int32

    init(_ code: Int32) {
        self.code = code
    }

    /// A sentence for the log, without the path.
    public var description: String { "The file cannot be read: \(String(cString: strerror(code)))." }
}
