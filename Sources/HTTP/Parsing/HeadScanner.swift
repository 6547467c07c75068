#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Finds the end of a head that comes in pieces, looking at each byte once. A line that does not end with CR LF ends the search.
struct HeadScanner {
    enum Found: Equatable {
        /// An empty line before the request line.
        case emptyLine
        /// The place after the empty line that ends the head.
        case end(Int)
    }

    private var scanned = 0
    private var lineStart = 0

    /// Whether the request line has ended.
    var hasRequestLine: Bool { lineStart > 0 }

    /// - Parameter bytes: all that has come of the head; with each call the same, and more.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> Found? {
        guard let base = bytes.baseAddress else { return nil }
        while scanned < bytes.count {
            guard let hit = memchr(base + scanned, 0x0A, bytes.count - scanned) else {
                scanned = bytes.count
                return nil
            }
            let lineFeed = UnsafeRawPointer(hit) - base
            guard lineFeed > lineStart, bytes[lineFeed - 1] == 0x0D else { throw .malformed("a line ends with CR LF") }
            if lineFeed == lineStart + 1 { return lineStart == 0 ? .emptyLine : .end(lineFeed + 1) }
            lineStart = lineFeed + 1
            scanned = lineStart
        }
        return nil
    }
}
