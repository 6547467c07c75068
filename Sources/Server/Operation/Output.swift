#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The standard output stream: what a person asked for. The log goes to the standard error stream.
enum Output {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count, let base = bytes.baseAddress {
                let count = systemWrite(STDOUT_FILENO, base + offset, bytes.count - offset)
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}

/// The system's `write`, out of the shadow of the method of that name.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(file, bytes, count)
}
