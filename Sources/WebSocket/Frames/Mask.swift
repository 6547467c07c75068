/// The masking key of a frame, and how far it has been applied (RFC 6455 section 5.3).
struct Mask {
    /// The four bytes as they lie in memory, the next one to use first.
    private var key: UInt32

    init(key: UInt32) {
        self.key = key
    }

    /// Unmasks the next bytes of the payload in place, eight at a time.
    mutating func apply(to bytes: UnsafeMutableRawBufferPointer) {
        guard key != 0 else { return }
        let wide = UInt64(key) << 32 | UInt64(key)
        var offset = 0
        while offset + 8 <= bytes.count {
            bytes.storeBytes(of: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide, toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        withUnsafeBytes(of: key) { key in
            for index in offset..<bytes.count { bytes[index] ^= key[index & 3] }
        }
        advance(by: bytes.count)
    }

    private mutating func advance(by count: Int) {
        let bits = UInt32(8 * (count & 3))
        guard bits != 0 else { return }
        let value = UInt32(littleEndian: key)
        key = UInt32(littleEndian: value >> bits | value << (32 - bits))
    }
}
