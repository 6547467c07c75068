internal import Primitives

/// A path on its way through the tree of routes. Cut at the slashes first and decoded after: an escaped slash is part of its segment.
struct RoutePath {
    private let bytes: UnsafeBufferPointer<UInt8>

    /// - Parameter bytes: a path as it was sent, beginning with a slash.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Where the first segment begins; nil for the root, which has none.
    var first: Int? {
        bytes.count > 1 ? 1 : nil
    }

    /// The end of the segment that begins at a place.
    func end(of start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "/") { index += 1 }
        return index
    }

    /// Where the segment after one begins; nil after the last. A slash at the end begins an empty segment.
    func next(after end: Int) -> Int? {
        end < bytes.count ? end + 1 : nil
    }

    /// Whether a segment is this text. An escaped one is decoded, without making text as long as there is nothing to decode.
    func segment(_ range: Range<Int>, equals text: [UInt8]) -> Bool {
        guard range.count >= text.count else { return false }
        if range.count == text.count { return bytes[range].elementsEqual(text) }
        guard bytes[range].contains(UInt8(ascii: "%")) else { return false }
        return decoded(range)?.utf8.elementsEqual(text) ?? false
    }

    /// What follows a text in a segment, decoded; nil when the segment begins with something else, or nothing follows.
    func segment(_ range: Range<Int>, after text: [UInt8]) -> String? {
        guard range.count > text.count, let decoded = decoded(range), decoded.utf8.count > text.count, decoded.utf8.starts(with: text)
        else { return nil }
        return String(Substring(decoded.utf8.dropFirst(text.count)))
    }

    /// The text of a segment; nil when an escape is broken or the bytes are not UTF-8.
    func decoded(_ range: Range<Int>) -> String? {
        // Most segments have nothing to decode.
        guard bytes[range].contains(UInt8(ascii: "%")) else {
            return String(validating: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        }
        return PercentEncoding.decode(bytes[range], plusAsSpace: false)
    }

    /// The text of a segment as it was sent.
    func raw(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The text from a segment to the end; nil when it is not plainly a path below: `.` and `..`, a slash or NUL inside a segment, or an empty
    /// segment that is not the last.
    func rest(from start: Int) -> String? {
        var segments: [String] = []
        var place: Int? = start
        while let start = place {
            let end = end(of: start)
            guard let segment = decoded(start..<end), segment != ".", segment != "..", !segment.isEmpty || end == bytes.count,
                !segment.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
            else { return nil }
            segments.append(segment)
            place = next(after: end)
        }
        return segments.joined(separator: "/")
    }
}
