/// The shared work of the two base 64 alphabets of RFC 4648.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(last: ("+", "/"))
    static let urlSafe = Base64Alphabet(last: ("-", "_"))

    private let symbols: [UInt8]
    /// The value of each byte, 255 for those that are no symbol.
    private let values: [UInt8]

    private init(last: (Unicode.Scalar, Unicode.Scalar)) {
        let symbols =
            Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + [UInt8(ascii: last.0), UInt8(ascii: last.1)]
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        self.symbols = symbols
        self.values = values
    }

    func encode(_ bytes: some Sequence<UInt8>, padding: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount * 4 / 3 + 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(symbols[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(symbols[Int(bits << UInt32(6 - count) & 63)]) }
        if padding { while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) } }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for other characters, a wrong length, wrong padding, and bits after the last byte that are not zero (RFC 4648 3.5).
    func decode(_ text: some StringProtocol, requiresPadding: Bool) -> [UInt8]? {
        // The bytes in place: a generic copy is made one by one.
        text.utf8.withContiguousStorageIfAvailable { decode($0[...], requiresPadding: requiresPadding) }
            ?? Array(text.utf8).withUnsafeBufferPointer { decode($0[...], requiresPadding: requiresPadding) }
    }

    private func decode(_ text: Slice<UnsafeBufferPointer<UInt8>>, requiresPadding: Bool) -> [UInt8]? {
        var symbols = text
        let length = symbols.count
        while symbols.last == UInt8(ascii: "="), length - symbols.count < 2 { symbols.removeLast() }
        let padding = length - symbols.count
        guard symbols.count % 4 != 1 else { return nil }
        guard padding == 0 ? !requiresPadding || length % 4 == 0 : length % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(symbols.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for symbol in symbols {
            let value = values[Int(symbol)]
            guard value != 255 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard bits & ((1 << UInt32(count)) - 1) == 0 else { return nil }
        return bytes
    }
}
