/// Douglas Crockford's base 32: digits and letters without I, L, O and U, made to be read aloud and typed.
public enum CrockfordBase32 {
    private static let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The text of some bytes, first bit first; the last symbol is filled with zero bits.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(symbols[Int(bits >> UInt32(count) & 31)])
            }
        }
        if count > 0 { text.append(symbols[Int(bits << UInt32(5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The whole bytes of a text; nil when a character is no symbol. Case does not matter, I and L are read as 1, O as 0.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for symbol in text.utf8 {
            guard let value = value(symbol) else { return nil }
            bits = bits << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    /// The symbol that a typed character means, nil when it means none.
    public static func canonical(_ symbol: UInt8) -> UInt8? {
        value(symbol).map { symbols[Int($0)] }
    }

    private static func value(_ symbol: UInt8) -> UInt8? {
        let upper = (97...122).contains(symbol) ? symbol - 32 : symbol
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return symbols.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}
