/// The media type of a body with its parameters (RFC 9110 8.3.1), read strictly.
public struct MediaType: Sendable, Equatable {
    /// Type and subtype in lower case, such as `multipart/form-data`.
    public var name: String
    /// Names in lower case, values as they are; each name once.
    public private(set) var parameters: [String: String] = [:]

    /// Reads the value of a Content-Type field.
    ///
    /// - Returns: nil for anything that RFC 9110 does not write, and for a parameter that stands twice.
    public init?(_ text: some StringProtocol) {
        var scanner = ParameterScanner(text)
        guard let type = scanner.token(), scanner.take("/"), let subtype = scanner.token(),
            let parameters = scanner.parameters()
        else { return nil }
        name = "\(type)/\(subtype)".lowercased()
        self.parameters = parameters
    }
}

/// Reads what media types and dispositions have in common: tokens, and parameters behind semicolons.
struct ParameterScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func token() -> String? {
        let start = index
        while let byte = peek, FieldSyntax.isTokenByte(byte) { index += 1 }
        return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
    }

    /// The parameters up to the end; nil for anything else, or a name that stands twice.
    mutating func parameters() -> [String: String]? {
        var parameters: [String: String] = [:]
        while true {
            skipBlanks()
            guard peek != nil else { return parameters }
            guard take(";") else { return nil }
            skipBlanks()
            // RFC 9110 5.6.6 has empty parameters.
            if peek == nil || peek == UInt8(ascii: ";") { continue }
            guard let name = token()?.lowercased(), take("="), let value = value(), parameters.updateValue(value, forKey: name) == nil
            else {
                return nil
            }
        }
    }

    private mutating func value() -> String? {
        guard peek == UInt8(ascii: "\"") else { return token() }
        index += 1
        var text: [UInt8] = []
        while let byte = peek {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            // Browsers write the backslashes of a path as they are: only what has to be escaped is unescaped.
            case UInt8(ascii: "\\") where peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "\\"):
                text.append(bytes[index])
                index += 1
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func skipBlanks() {
        while let byte = peek, FieldSyntax.isBlank(byte) { index += 1 }
    }
}
