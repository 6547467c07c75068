/// Takes a form in parts to pieces while it comes (RFC 7578, RFC 2046 5.1.1): a value without I/O that holds no content back, whatever its size.
///
/// ```swift
/// var parser = try MultipartParser(boundary: boundary)
/// while let piece = try await body.next() {
///     var rest = piece[...]
///     while let event = try parser.next(in: &rest) { … }
/// }
/// try parser.finish()
/// ```
/// Strict where tolerance would let two readers see different forms: nothing stands before the first boundary or behind the last, lines end in CRLF,
/// and a line that begins with the boundary is one.
public struct MultipartParser: Sendable {
    /// What comes next.
    public enum Event: Sendable, Equatable {
        /// A part begins.
        case part(MultipartPart)
        /// Content of the part; the next piece follows at once.
        case content(ArraySlice<UInt8>)
        /// The part has ended.
        case partEnd
    }

    private enum State {
        /// Within a delimiter or before the first one; so many of its bytes have been seen.
        case delimiter(matched: Int, isFirst: Bool)
        /// Content: a delimiter may begin anywhere.
        case content
        /// Behind a boundary.
        case boundaryEnd
        /// Behind a boundary and one hyphen.
        case closingHyphen
        /// Blanks behind a boundary (RFC 2046: transport padding); so many.
        case padding(Int)
        case boundaryLineFeed
        /// In the header of a part.
        case header
        /// Behind a CR in the header.
        case headerLineFeed
        /// Behind the last boundary.
        case epilogue
        case epilogueLineFeed
        case end
    }

    private let limits: MultipartLimits
    /// CRLF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var state: State
    private var parts = 0
    private var line: [UInt8] = []
    private var headerBytes = 0
    private var fields: [(name: String, value: String)] = []

    /// - Parameter boundary: 1 to 70 characters of RFC 2046 5.1.1.
    /// - Throws: `MultipartError.malformed`.
    public init(boundary: String, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.last != 0x20, boundary.utf8.allSatisfy(Self.isBoundaryByte) else {
            throw .malformed("the boundary")
        }
        self.limits = limits
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter has no line before it.
        state = .delimiter(matched: 2, isFirst: true)
    }

    /// - Parameter contentType: the value of the Content-Type field of the body.
    /// - Throws: `MultipartError.malformed` for anything but `multipart/form-data` with a boundary.
    public init(contentType: String, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        guard let type = MediaType(contentType), type.name == "multipart/form-data", let boundary = type.parameters["boundary"] else {
            throw .malformed("the Content-Type")
        }
        try self.init(boundary: boundary, limits: limits)
    }

    /// The next event in what has come; what it is made of is taken away from `input`.
    ///
    /// - Returns: nil when everything is taken.
    /// - Throws: `MultipartError`. Nothing is to be read after that.
    public mutating func next(in input: inout ArraySlice<UInt8>) throws(MultipartError) -> Event? {
        while let byte = input.first {
            switch state {
            case .content:
                if let content = takeContent(&input) { return .content(content) }
            case .delimiter(let matched, let isFirst):
                guard byte == delimiter[matched] else {
                    // Only its first byte is a CR: no delimiter can have begun in between. The byte itself is looked at again.
                    guard !isFirst else { throw .malformed("the beginning of the first part") }
                    state = .content
                    return .content(delimiter[..<matched])
                }
                input.removeFirst()
                guard matched + 1 == delimiter.count else {
                    state = .delimiter(matched: matched + 1, isFirst: isFirst)
                    continue
                }
                state = .boundaryEnd
                if !isFirst { return .partEnd }
            default:
                input.removeFirst()
                if let part = try step(byte) { return .part(part) }
            }
        }
        return nil
    }

    /// Call it when there is no more.
    ///
    /// - Throws: `MultipartError.incomplete` when more should have come.
    public func finish() throws(MultipartError) {
        switch state {
        case .epilogue, .end: return
        default: throw .incomplete
        }
    }

    /// Content up to where a delimiter may begin; nil when it may begin at once.
    private mutating func takeContent(_ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = input.firstIndex(of: delimiter[0]) ?? input.endIndex
        let content = input[..<end]
        if end < input.endIndex {
            state = .delimiter(matched: 1, isFirst: false)
            input = input[(end + 1)...]
        } else {
            input = input[end...]
        }
        return content.isEmpty ? nil : content
    }

    /// - Returns: the part whose header has ended.
    private mutating func step(_ byte: UInt8) throws(MultipartError) -> MultipartPart? {
        switch state {
        case .boundaryEnd where byte == UInt8(ascii: "-"): state = .closingHyphen
        case .boundaryEnd: try pad(byte, 0)
        case .padding(let count): try pad(byte, count)
        case .closingHyphen:
            guard byte == UInt8(ascii: "-") else { throw .malformed("a boundary") }
            guard parts > 0 else { throw .malformed("a form without parts") }
            state = .epilogue
        case .boundaryLineFeed:
            try expectLineFeed(byte, "a boundary")
            parts += 1
            guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
            (headerBytes, fields, line) = (0, [], [])
            state = .header
        case .header: try readHeader(byte)
        case .headerLineFeed:
            try expectLineFeed(byte, "the header of a part")
            return try endLine()
        case .epilogue:
            guard byte == 0x0D else { throw .malformed("something behind the last part") }
            state = .epilogueLineFeed
        case .epilogueLineFeed:
            try expectLineFeed(byte, "the end of the form")
            state = .end
        case .end: throw .malformed("something behind the last part")
        case .content, .delimiter: break
        }
        return nil
    }

    private mutating func pad(_ byte: UInt8, _ count: Int) throws(MultipartError) {
        if byte == 0x0D {
            state = .boundaryLineFeed
        } else {
            guard FieldSyntax.isBlank(byte), count < limits.headerBytes else { throw .malformed("a boundary") }
            state = .padding(count + 1)
        }
    }

    private mutating func readHeader(_ byte: UInt8) throws(MultipartError) {
        headerBytes += 1
        guard headerBytes <= limits.headerBytes else { throw .headerTooLarge(limit: limits.headerBytes) }
        if byte == 0x0D {
            state = .headerLineFeed
        } else {
            guard FieldSyntax.isValueByte(byte) else { throw .malformed("the header of a part") }
            line.append(byte)
        }
    }

    /// Takes a line of the header; an empty one ends it.
    private mutating func endLine() throws(MultipartError) -> MultipartPart? {
        guard !line.isEmpty else {
            // A delimiter may follow at once: its CRLF is not that of the header.
            state = .content
            return try MultipartPart(fields: fields)
        }
        guard fields.count < limits.headerFields else { throw .headerTooLarge(limit: limits.headerBytes) }
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        // A line that begins with a blank would go on with the one before it.
        guard parts.count == 2, FieldSyntax.isToken(parts[0]), let value = String(validating: parts[1], as: UTF8.self) else {
            throw .malformed("the header of a part")
        }
        fields.append((String(decoding: parts[0], as: UTF8.self).lowercased(), value[...].trimmingBlanks))
        line = []
        state = .header
        return nil
    }

    private func expectLineFeed(_ byte: UInt8, _ what: String) throws(MultipartError) {
        guard byte == 0x0A else { throw .malformed(what) }
    }

    private static func isBoundaryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: " '()+_,-./:=?".utf8.contains(byte)
        }
    }
}
