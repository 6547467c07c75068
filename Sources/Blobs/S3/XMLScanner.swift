/// Reads the small part of XML that S3 answers in: a declaration, elements with or without attributes, text with references. Everything else, such as a
/// document type, is refused.
struct XMLScanner {
    enum Event: Equatable {
        case start(String)
        case text(String)
        case end(String)
    }

    /// It is no XML, or more of XML than is read here.
    struct Failure: Error, Equatable {}

    private static let namedReferences = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]

    private var rest: Substring.UTF8View
    /// The end that belongs to a start such as `<name/>`.
    private var pendingEnd: String?

    init(_ text: String) {
        rest = text[...].utf8
        if rest.starts(with: "<?xml ".utf8), let end = text.firstRange(of: "?>") { rest = text[end.upperBound...].utf8 }
    }

    /// What comes next, nil at the end.
    mutating func next() throws(Failure) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        guard let first = rest.first else { return nil }
        guard first == UInt8(ascii: "<") else { return .text(try Self.resolve(take(until: UInt8(ascii: "<")))) }
        rest = rest.dropFirst()
        guard let end = endOfTag() else { throw Failure() }
        var tag = Substring(rest[..<end])
        rest = rest[rest.index(after: end)...]
        if tag.hasPrefix("/") {
            let name = tag.dropFirst().withoutTrailingBlanks
            guard Self.isName(name) else { throw Failure() }
            return .end(String(name))
        }
        let isEmpty = tag.hasSuffix("/")
        if isEmpty { tag = tag.dropLast() }
        let name = tag.prefix { !Self.isBlank($0) }
        guard Self.isName(name) else { throw Failure() }
        if isEmpty { pendingEnd = String(name) }
        return .start(String(name))
    }

    private mutating func take(until byte: UInt8) -> Substring {
        let end = rest.firstIndex(of: byte) ?? rest.endIndex
        defer { rest = rest[end...] }
        return Substring(rest[..<end])
    }

    /// The `>` that is not inside an attribute's quotes.
    private func endOfTag() -> Substring.UTF8View.Index? {
        var quote: UInt8?
        for index in rest.indices {
            let byte = rest[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\r\n"
    }

    /// Only the names that S3 uses; `!` and `?`, which begin what is not read here, are none.
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":" || $0 == "-" || $0 == "_" || $0 == ".") }
    }

    /// A text with its references replaced.
    private static func resolve(_ text: Substring) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        var resolved = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            resolved += rest[..<start]
            let reference = rest[rest.index(after: start)...]
            guard let end = reference.firstIndex(of: ";") else { throw Failure() }
            resolved += try character(reference[..<end])
            rest = reference[reference.index(after: end)...]
        }
        return resolved + rest
    }

    private static func character(_ reference: Substring) throws(Failure) -> String {
        if let character = namedReferences[String(reference)] { return character }
        guard reference.hasPrefix("#") else { throw Failure() }
        let digits = reference.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = number.flatMap(Unicode.Scalar.init) else { throw Failure() }
        return String(Character(scalar))
    }
}

extension Substring {
    /// Without the blanks that may stand before the end of a tag.
    fileprivate var withoutTrailingBlanks: Substring {
        var text = self
        while let last = text.last, last == " " || last == "\t" || last == "\n" { text.removeLast() }
        return text
    }
}
