/// Checks UTF-8 that arrives in pieces, and fails at the first byte that no valid text can contain there.
///
/// Rejects overlong forms, surrogates and scalars above U+10FFFF (Unicode 15, table 3-7).
struct UTF8Validator {
    /// Continuation bytes still missing in the last character.
    private var missing: UInt8 = 0
    /// The range of the next continuation byte: narrower than 80...BF after E0, ED, F0 and F4.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text may end here.
    var isComplete: Bool { missing == 0 }

    /// Checks the next piece. After `false` the validator must not be used again.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset < bytes.count {
            if missing == 0 {
                offset = endOfASCII(bytes, from: offset)
                guard offset < bytes.count else { return true }
                guard begin(bytes[offset]) else { return false }
            } else {
                let byte = bytes[offset]
                guard byte >= lowest, byte <= highest else { return false }
                missing -= 1
                (lowest, highest) = (0x80, 0xBF)
            }
            offset += 1
        }
        return true
    }

    /// The first byte at or after `start` that is not ASCII, looking at eight at a time.
    private func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while offset + 8 <= bytes.count {
            let high = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian & 0x8080_8080_8080_8080
            guard high == 0 else { return offset + high.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < bytes.count, bytes[offset] < 0x80 { offset += 1 }
        return offset
    }

    /// Takes the first byte of a character that is not ASCII.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default: return false
        }
        return true
    }
}
