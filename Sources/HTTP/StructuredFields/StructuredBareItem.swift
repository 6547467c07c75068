internal import Primitives

/// A single value of a structured field (RFC 9651 3.3).
public enum StructuredBareItem: Sendable, Equatable {
    /// A whole number of at most 15 digits.
    case integer(Int64)
    /// A number with at most 12 digits before the point and 3 behind it, in thousandths.
    case decimal(thousandths: Int64)
    /// Printable ASCII in quotes.
    case string(String)
    /// A word, such as a name or a media type.
    case token(String)
    /// Bytes.
    case byteSequence([UInt8])
    /// True or false.
    case boolean(Bool)
    /// Seconds since the epoch.
    case date(Int64)
    /// Any text, for people.
    case displayString(String)

    /// The number of an integer.
    public var integer: Int64? {
        if case .integer(let value) = self { return value }
        return nil
    }

    /// The text of a string; a token is none.
    public var string: String? {
        if case .string(let value) = self { return value }
        return nil
    }

    /// The bytes of a byte sequence.
    public var bytes: [UInt8]? {
        if case .byteSequence(let value) = self { return value }
        return nil
    }

    /// The canonical text (RFC 9651 4.1.3 to 4.1.11).
    public var serialized: String {
        switch self {
        case .integer(let value): String(value)
        case .decimal(let thousandths): Self.decimal(thousandths)
        case .string(let value): "\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
        case .token(let value): value
        case .byteSequence(let value): ":" + Base64.encode(value) + ":"
        case .boolean(let value): value ? "?1" : "?0"
        case .date(let value): "@\(value)"
        case .displayString(let value): "%\"" + value.utf8.map(Self.displayed).joined() + "\""
        }
    }

    private static func decimal(_ thousandths: Int64) -> String {
        let (whole, part) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1_000)
        var digits = String(part)
        digits = String(repeating: "0", count: 3 - digits.count) + digits
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return "\(thousandths < 0 ? "-" : "")\(whole).\(digits)"
    }

    /// Percent, quotes and all that is not printable ASCII are escaped, in lower case.
    private static func displayed(_ byte: UInt8) -> String {
        guard byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\"") || !(0x20...0x7E).contains(byte) else {
            return String(UnicodeScalar(byte))
        }
        return "%" + Hex.encode([byte])
    }
}
