/// A set of ASCII bytes, as two words: one shift tells whether a byte is in it.
struct ByteSet: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// - Parameters:
    ///   - low: a bit for each of the bytes 0 to 63.
    ///   - high: a bit for each of the bytes 64 to 127.
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 128 && ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }
}

/// The characters of the parts of a head.
enum FieldSyntax {
    /// Of a token (RFC 9110 5.6.2): letters, digits and ``!#$%&'*+-.^_`|~``.
    static var tokenBytes: ByteSet { ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE) }

    /// Of a target: visible ASCII without `"`, `#`, `<` and `>`. Others that RFC 3986 leaves out (as `|` and `{`) are sent by browsers.
    static var targetBytes: ByteSet { ByteSet(low: 0xAFFF_FFF2_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF) }

    /// Of a host with its port (RFC 3986 3.2.2), without the comma, which only joined lists have.
    static var hostBytes: ByteSet { ByteSet(low: 0x2FFF_6FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE) }

    /// Of a cookie's value (RFC 6265 4.1.1): visible ASCII without `"`, comma, semicolon and backslash.
    static var cookieBytes: ByteSet { ByteSet(low: 0xF7FF_EFFA_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF) }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        tokenBytes.contains(byte)
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && all(bytes, isTokenByte)
    }

    /// Of a field's value (RFC 9110 5.5): visible characters, blanks, tabs and bytes above ASCII; no control characters.
    static func isValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    static func isValue(_ bytes: some Sequence<UInt8>) -> Bool {
        all(bytes, isValueByte)
    }

    /// In memory when the bytes lie there: a text is much slower to walk through its own view.
    private static func all(_ bytes: some Sequence<UInt8>, _ isGood: (UInt8) -> Bool) -> Bool {
        bytes.withContiguousStorageIfAvailable { $0.allSatisfy(isGood) } ?? bytes.allSatisfy(isGood)
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 48 < 10
    }
}
