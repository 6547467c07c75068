/// What a value is by the core schema of YAML 1.2 (YAML 1.2.2, 10.3.2), which JSON agrees with.
public enum YAMLKind: Sendable, Equatable {
    /// Nothing.
    case null
    /// `true` or `false`, also with a capital first letter or in capitals.
    case boolean
    /// A whole number: decimal, or after `0o` octal, or after `0x` hexadecimal.
    case integer
    /// A number with a point or an exponent, infinity, or what is no number.
    case float
    /// Whatever stands in quotes or in a block, and every plain text that is nothing else.
    case string
    /// A list.
    case sequence
    /// Keys with their values.
    case mapping

    /// The kind of a text without quotes.
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "false", "False", "FALSE": self = .boolean
        case ".nan", ".NaN", ".NAN": self = .float
        default:
            let bytes = text.utf8[...]
            self = Self.isInteger(bytes) ? .integer : Self.isFloat(bytes) ? .float : .string
        }
    }

    private static func isInteger(_ text: Substring.UTF8View) -> Bool {
        let digits = text.dropFirst(2)
        if text.starts(with: "0o".utf8) { return !digits.isEmpty && digits.allSatisfy { (0x30...0x37).contains($0) } }
        if text.starts(with: "0x".utf8) { return !digits.isEmpty && digits.allSatisfy(isHexadecimal) }
        let unsigned = withoutSign(text)
        return !unsigned.isEmpty && unsigned.allSatisfy(isDigit)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, or infinity.
    private static func isFloat(_ text: Substring.UTF8View) -> Bool {
        let unsigned = withoutSign(text)
        if [".inf", ".Inf", ".INF"].contains(where: { unsigned.elementsEqual($0.utf8) }) { return true }
        let whole = unsigned.prefix(while: isDigit)
        var rest = unsigned.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        } else if whole.isEmpty {
            return false
        }
        guard let mark = rest.first else { return true }
        let exponent = withoutSign(rest.dropFirst())
        return (mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E")) && !exponent.isEmpty && exponent.allSatisfy(isDigit)
    }

    private static func withoutSign(_ text: Substring.UTF8View) -> Substring.UTF8View {
        text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

extension YAMLKind: CustomStringConvertible {
    /// With its article, for sentences.
    public var description: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
