internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The standard error stream.
public enum StandardError {
    private static let turn = Mutex(())

    /// Whether a person looks at it.
    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes whole lines, one caller at a time and in one call, so that lines of different threads do not mix.
    ///
    /// What the system does not take is lost: a log must not stop a server.
    public static func write(_ bytes: [UInt8]) {
        turn.withLock { _ in
            _ = bytes.withUnsafeBytes { writeAll($0, to: STDERR_FILENO) }
        }
    }

    /// Writes until all is written or the file takes no more; whether all was.
    static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            // A signal interrupts, and a pipe may take a part.
            guard count > 0 || (count < 0 && errno == EINTR) else { return false }
            rest = rest.dropFirst(max(count, 0))
        }
        return true
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
