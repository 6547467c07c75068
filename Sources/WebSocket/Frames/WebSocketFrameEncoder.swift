/// Builds complete server frames, unmasked and unfragmented (RFC 6455 section 5.2), each in one allocation.
///
/// A frame can be built once and sent to any number of connections with `WebSocketConnection.sendEncoded(frame:)`.
public enum WebSocketFrameEncoder {
    /// A text message. Precondition: the payload is UTF-8; the clients fail the connection otherwise.
    public static func text(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { frame(.text, $0) }
    }

    /// A binary message.
    public static func binary(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { frame(.binary, $0) }
    }

    /// A ping. Only the first 125 bytes of the payload are sent: a control frame carries no more.
    public static func ping(_ payload: [UInt8] = []) -> [UInt8] {
        payload.prefix(125).withUnsafeBytes { frame(.ping, $0) }
    }

    /// The answer to a ping, with the ping's payload (at most 125 bytes).
    public static func pong(_ payload: [UInt8]) -> [UInt8] {
        payload.prefix(125).withUnsafeBytes { frame(.pong, $0) }
    }

    /// A close.
    /// - Parameters:
    ///   - code: nil, or one that may not be sent (`isAllowedOnWire`), makes a close without a code.
    ///   - reason: for the client's log; cut at a character after at most 123 bytes.
    public static func close(_ code: WebSocketCloseCode?, reason: String = "") -> [UInt8] {
        guard let code, code.isAllowedOnWire else {
            return frame(.close, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        var body = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard body.count + bytes.count <= 125 else { break }
            body.append(contentsOf: bytes)
        }
        return body.withUnsafeBytes { frame(.close, $0) }
    }

    /// One frame with FIN set.
    /// - Parameter isCompressed: sets RSV1 (RFC 7692 section 6); the payload is then a deflated message.
    static func frame(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isCompressed: Bool = false) -> [UInt8] {
        let count = payload.count
        let headerSize = count < 126 ? 2 : count <= 0xFFFF ? 4 : 10
        return [UInt8](unsafeUninitializedCapacity: headerSize + count) { buffer, initialized in
            buffer[0] = 0x80 | (isCompressed ? 0x40 : 0) | opcode.rawValue
            switch headerSize {
            case 2: buffer[1] = UInt8(count)
            case 4: buffer[1] = 126
            default: buffer[1] = 127
            }
            for index in 2..<max(2, headerSize) {
                buffer[index] = UInt8(truncatingIfNeeded: count >> (8 * (headerSize - 1 - index)))
            }
            UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[headerSize...]).copyMemory(from: payload)
            initialized = headerSize + count
        }
    }
}
