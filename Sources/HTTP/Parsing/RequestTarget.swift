/// The target of a request line, brought to the form in which routes are looked up (RFC 9112 section 3.2).
struct RequestTarget {
    /// Path and query, or `*`.
    private(set) var text: String
    /// The end of the path, in UTF-8.
    private(set) var pathLength: Int
    /// Where the host of an absolute target stands; it goes before the Host field (RFC 9112 3.2.2).
    private(set) var authority: Range<Int32>?

    /// - Parameters:
    ///   - bytes: the head.
    ///   - range: where the target stands in it; its bytes have been checked already.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, method: HTTPMethod) throws(HTTPError) {
        if bytes[range.lowerBound] == UInt8(ascii: "/") {
            self.init(bytes[range])
        } else if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*"), method == .options {
            self.init(bytes[range])
        } else {
            try self.init(absolute: bytes, range, method: method)
        }
    }

    private init(_ bytes: Slice<UnsafeRawBufferPointer>, prefix: String = "") {
        text = prefix + String(decoding: bytes, as: UTF8.self)
        let query = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        pathLength = prefix.utf8.count + query - bytes.startIndex
    }

    /// `http://host:port/path?query`, which every server has to understand.
    private init(absolute bytes: UnsafeRawBufferPointer, _ range: Range<Int>, method: HTTPMethod) throws(HTTPError) {
        let start: Int
        if ASCII.equal(bytes[range].prefix(7), lowercase: "http://") {
            start = range.lowerBound + 7
        } else if ASCII.equal(bytes[range].prefix(8), lowercase: "https://") {
            start = range.lowerBound + 8
        } else {
            throw .malformed("the target")
        }
        let rest = bytes[start..<range.upperBound]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        // No user and password: RFC 9110 4.2.4 has them refused, and `@` is not among the bytes of a host.
        guard end > start, rest[start..<end].allSatisfy({ FieldSyntax.hostBytes.contains($0) }) else { throw .malformed("the target") }
        if end == rest.endIndex {
            // RFC 9112 3.2.4: OPTIONS for a host as a whole.
            self.init(bytes[0..<0], prefix: method == .options ? "*" : "/")
        } else {
            self.init(rest[end...], prefix: rest[end] == UInt8(ascii: "?") ? "/" : "")
        }
        authority = Int32(start)..<Int32(end)
    }
}
