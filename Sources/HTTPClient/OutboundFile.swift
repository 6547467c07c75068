#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file that is the body of a request. It is read as it is sent, so that only a piece of it is ever in memory; open as long as anybody has it.
public final class OutboundFile: Sendable {
    /// The file cannot be opened.
    public struct Failure: Error, Sendable, Equatable {
        /// The system's number of the error.
        public let code: Int32
    }

    /// Bytes of it, which are those of the body: what is added later is not sent.
    public let length: Int64
    private let descriptor: Int32

    /// Opens a file. Blocks.
    ///
    /// - Throws: `Failure`.
    public init(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(code: code)
        }
        self.descriptor = descriptor
        length = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads at a place.
    ///
    /// - Returns: bytes read, 0 at the end; nil when the system refuses.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { return nil }
        }
    }
}
