/// The head of a client's frame (RFC 6455 section 5.2), checked by every rule that needs no knowledge of earlier frames.
struct FrameHeader {
    /// The longest head: 2 bytes, a 64-bit length, the mask.
    static let maximumSize = 14

    let opcode: Opcode
    /// The last frame of its message.
    let isFinal: Bool
    /// RSV1: the first frame of a deflated message (RFC 7692 section 6).
    let isCompressed: Bool
    /// Bytes of the head itself.
    let size: UInt8
    /// Bytes of payload that are still to come.
    var length: Int
    var mask: Mask

    /// Reads the head at the start of `bytes`.
    /// - Returns: nil when more bytes are needed.
    /// - Throws: `ProtocolViolation` as soon as the bytes at hand show one.
    static func parse(_ bytes: UnsafeRawBufferPointer, allowsCompression: Bool) throws(ProtocolViolation) -> FrameHeader? {
        guard bytes.count >= 2 else { return nil }
        let (first, second) = (bytes[0], bytes[1])
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .reservedOpcode(first & 0x0F) }
        guard first & 0x30 == 0 else { throw .reservedBits }
        // RFC 7692 section 6.1: the bit marks the first frame of a data message and nothing else.
        if isCompressed, !allowsCompression || opcode.isControl || opcode == .continuation { throw .reservedBits }
        guard second & 0x80 != 0 else { throw .unmaskedFrame }
        let shortLength = Int(second & 0x7F)
        if opcode.isControl {
            guard isFinal else { throw .fragmentedControlFrame }
            guard shortLength <= 125 else { throw .controlFrameTooLong }
        }
        let lengthBytes = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0
        guard bytes.count >= 2 + lengthBytes else { return nil }
        let length = try length(bytes, short: shortLength)
        let size = 2 + lengthBytes + 4
        guard bytes.count >= size else { return nil }
        let key = bytes.loadUnaligned(fromByteOffset: size - 4, as: UInt32.self)
        return FrameHeader(
            opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, size: UInt8(size), length: length, mask: Mask(key: key))
    }

    private static func length(_ bytes: UnsafeRawBufferPointer, short: Int) throws(ProtocolViolation) -> Int {
        switch short {
        case 126:
            let value = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            guard value > 125 else { throw .lengthNotMinimal }
            return Int(value)
        case 127:
            let value = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard value > 0xFFFF else { throw .lengthNotMinimal }
            guard let length = Int(exactly: value) else { throw .lengthOutOfRange }
            return length
        default:
            return short
        }
    }
}
