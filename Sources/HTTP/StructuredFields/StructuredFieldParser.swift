internal import Primitives

/// Reads structured fields, by the algorithms of RFC 9651 4.2.
struct StructuredFieldParser {
    private let bytes: [UInt8]
    private var index = 0
    private var repeatsKey = false

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    // MARK: Whole fields

    mutating func dictionary() throws(StructuredFieldError) -> StructuredDictionary {
        var dictionary = StructuredDictionary()
        skipSpaces()
        while !isAtEnd {
            let key = try key()
            if take("=") {
                dictionary.set(key, try member())
            } else {
                dictionary.set(key, .item(StructuredItem(.boolean(true), parameters: try parameters())))
            }
            if try isLast() { break }
        }
        if repeatsKey { dictionary.noteRepetition() }
        return dictionary
    }

    mutating func list() throws(StructuredFieldError) -> [StructuredMember] {
        var members: [StructuredMember] = []
        skipSpaces()
        while !isAtEnd {
            members.append(try member())
            if try isLast() { break }
        }
        return members
    }

    mutating func onlyItem() throws(StructuredFieldError) -> StructuredItem {
        skipSpaces()
        let item = try item()
        skipSpaces()
        guard isAtEnd else { throw failure("something stands behind the item") }
        return item
    }

    /// Whether a member was the last one; otherwise goes on to the next.
    private mutating func isLast() throws(StructuredFieldError) -> Bool {
        skipOptionalWhitespace()
        if isAtEnd { return true }
        guard take(",") else { throw failure("a comma is missing") }
        skipOptionalWhitespace()
        guard !isAtEnd else { throw failure("a comma stands at the end") }
        return false
    }

    // MARK: Members

    private mutating func member() throws(StructuredFieldError) -> StructuredMember {
        peek == UInt8(ascii: "(") ? .innerList(try innerList()) : .item(try item())
    }

    private mutating func innerList() throws(StructuredFieldError) -> StructuredInnerList {
        index += 1
        var items: [StructuredItem] = []
        while true {
            skipSpaces()
            if take(")") { return StructuredInnerList(items, parameters: try parameters()) }
            guard !isAtEnd else { throw failure("an inner list has no end") }
            items.append(try item())
            guard peek == UInt8(ascii: " ") || peek == UInt8(ascii: ")") else { throw failure("items are not apart") }
        }
    }

    private mutating func item() throws(StructuredFieldError) -> StructuredItem {
        let value = try bareItem()
        return StructuredItem(value, parameters: try parameters())
    }

    private mutating func parameters() throws(StructuredFieldError) -> StructuredParameters {
        var parameters = StructuredParameters()
        while take(";") {
            skipSpaces()
            let key = try key()
            if parameters[key] != nil { repeatsKey = true }
            parameters.set(key, take("=") ? try bareItem() : .boolean(true))
        }
        return parameters
    }

    private mutating func key() throws(StructuredFieldError) -> String {
        guard let first = peek, first.isLowercaseLetter || first == UInt8(ascii: "*") else { throw failure("a key is missing") }
        return takeText { $0.isLowercaseLetter || $0.isDigit || "_-.*".utf8.contains($0) }
    }

    private mutating func bareItem() throws(StructuredFieldError) -> StructuredBareItem {
        guard let first = peek else { throw failure("a value is missing") }
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: ":"): return .byteSequence(try byteSequence())
        case UInt8(ascii: "?"): return .boolean(try boolean())
        case UInt8(ascii: "@"): return .date(try date())
        case UInt8(ascii: "%"): return .displayString(try displayString())
        default:
            guard first.isLetter || first == UInt8(ascii: "*") else { throw failure("no value begins so") }
            return .token(takeText(\.isTokenCharacter))
        }
    }

    // MARK: Values

    private mutating func number() throws(StructuredFieldError) -> StructuredBareItem {
        let isNegative = take("-")
        let whole = takeText(\.isDigit)
        guard let value = Int64(whole), whole.utf8.count <= 15 else { throw failure("a number has 1 to 15 digits") }
        guard take(".") else { return .integer(isNegative ? -value : value) }
        let part = takeText(\.isDigit)
        guard whole.utf8.count <= 12, (1...3).contains(part.utf8.count), let fraction = Int64(part) else {
            throw failure("a decimal has at most 12 digits before the point and 1 to 3 behind it")
        }
        let scale: Int64 = part.utf8.count == 1 ? 100 : part.utf8.count == 2 ? 10 : 1
        let thousandths = value * 1_000 + fraction * scale
        return .decimal(thousandths: isNegative ? -thousandths : thousandths)
    }

    private mutating func string() throws(StructuredFieldError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = next(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    throw failure("only quotes and backslashes are escaped")
                }
                text.append(escaped)
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case 0x20...0x7E: text.append(byte)
            default: throw failure("a string holds printable ASCII only")
            }
        }
        throw failure("a string has no end")
    }

    private mutating func byteSequence() throws(StructuredFieldError) -> [UInt8] {
        index += 1
        let text = takeText { $0 != UInt8(ascii: ":") }
        // Every encoder pads and leaves no stray bits: one text for each value.
        guard take(":"), let bytes = Base64.decode(text) else { throw failure("a byte sequence is padded Base64 between colons") }
        return bytes
    }

    private mutating func boolean() throws(StructuredFieldError) -> Bool {
        index += 1
        if take("1") { return true }
        guard take("0") else { throw failure("a boolean is ?0 or ?1") }
        return false
    }

    private mutating func date() throws(StructuredFieldError) -> Int64 {
        index += 1
        guard case .integer(let seconds) = try number() else { throw failure("a date is a whole number of seconds") }
        return seconds
    }

    private mutating func displayString() throws(StructuredFieldError) -> String {
        index += 1
        guard take("\"") else { throw failure("a display string begins with %\"") }
        var text: [UInt8] = []
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "%"):
                let digits = bytes[index..<min(index + 2, bytes.count)]
                guard digits.allSatisfy({ $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }),
                    let decoded = Hex.decode(String(decoding: digits, as: UTF8.self)), decoded.count == 1
                else { throw failure("an escape is % and two hexadecimal digits in lower case") }
                index += 2
                text += decoded
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw failure("a display string is UTF-8") }
                return text
            case 0x20...0x7E: text.append(byte)
            default: throw failure("a display string is written in printable ASCII")
            }
        }
        throw failure("a display string has no end")
    }

    // MARK: Bytes

    private var isAtEnd: Bool { index >= bytes.count }
    private var peek: UInt8? { isAtEnd ? nil : bytes[index] }

    private mutating func next() -> UInt8? {
        guard let byte = peek else { return nil }
        index += 1
        return byte
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek.map(UInt32.init) == character.value else { return false }
        index += 1
        return true
    }

    private mutating func takeText(_ isWanted: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = peek, isWanted(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipSpaces() {
        while peek == UInt8(ascii: " ") { index += 1 }
    }

    private mutating func skipOptionalWhitespace() {
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { index += 1 }
    }

    private func failure(_ reason: String) -> StructuredFieldError {
        StructuredFieldError(reason: reason, offset: index)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isLetter: Bool { (self | 0x20).isLowercaseLetter }
    /// tchar of RFC 9110 5.6.2, and `:` and `/`.
    fileprivate var isTokenCharacter: Bool {
        isLetter || isDigit || "!#$%&'*+-.^_`|~:/".utf8.contains(self)
    }
}
