/// Reads tokens and separators of a header field (RFC 9110 section 5.6); white space around them is skipped.
struct HeaderScanner {
    private var rest: Substring.UTF8View

    init(_ value: String) {
        rest = value[...].utf8
        skipWhiteSpace()
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Moves past `separator`, if it comes next.
    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: separator) else { return false }
        rest.removeFirst()
        skipWhiteSpace()
        return true
    }

    /// The next token, nil when something else comes.
    mutating func token() -> String? {
        let token = rest.prefix(while: Self.isTokenByte)
        guard !token.isEmpty else { return nil }
        rest = rest[token.endIndex...]
        skipWhiteSpace()
        return String(Substring(token))
    }

    /// The token inside a quoted string: RFC 6455 section 9.1 allows nothing else in one.
    mutating func quotedToken() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        let token = rest.prefix(while: Self.isTokenByte)
        rest = rest[token.endIndex...]
        guard !token.isEmpty, rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        skipWhiteSpace()
        return String(Substring(token))
    }

    /// The tokens of a comma-separated list in all values of a field; nil when one of them is something else.
    static func tokens(_ values: [String]) -> [String]? {
        var tokens: [String] = []
        for value in values {
            var scanner = HeaderScanner(value)
            while !scanner.isAtEnd {
                if scanner.skip(",") { continue }
                guard let token = scanner.token(), scanner.isAtEnd || scanner.skip(",") else { return nil }
                tokens.append(token)
            }
        }
        return tokens
    }

    private mutating func skipWhiteSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
