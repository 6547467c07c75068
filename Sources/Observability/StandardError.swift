#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The standard error stream.
public enum StandardError {
    /// Whether a person looks at it.
    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes bytes in one call, so that lines of different threads do not mix. What the system does not take is lost: a log must not stop a server.
    public static func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
