/// How a client broke RFC 6455 or a limit. The connection fails with `closeCode` and the description as reason.
enum ProtocolViolation: Error, Equatable {
    case reservedBits
    case reservedOpcode(UInt8)
    case unmaskedFrame
    case lengthNotMinimal
    case lengthOutOfRange
    case fragmentedControlFrame
    case controlFrameTooLong
    case continuationWithoutStart
    case newMessageInsideFragmented
    case closeBodyTooShort
    case closeCodeNotAllowed(UInt16)
    case messageTooBig(limit: Int)
    case invalidUTF8
    case invalidDeflateData
    case noMemoryForCompression

    /// The code that RFC 6455 section 7.4.1 gives to this violation.
    var closeCode: WebSocketCloseCode {
        switch self {
        case .messageTooBig: .messageTooBig
        case .invalidUTF8, .invalidDeflateData: .invalidPayload
        case .noMemoryForCompression: .internalError
        default: .protocolError
        }
    }
}

extension ProtocolViolation: CustomStringConvertible {
    /// A sentence for the client's log, short enough for a close frame.
    var description: String {
        switch self {
        case .reservedBits: "A reserved bit is set that no extension defines."
        case .reservedOpcode(let opcode): "Opcode \(opcode) is reserved."
        case .unmaskedFrame: "Frames of a client must be masked."
        case .lengthNotMinimal: "The length is not in its shortest form."
        case .lengthOutOfRange: "The length is above 2^63 - 1."
        case .fragmentedControlFrame: "Control frames must not be fragmented."
        case .controlFrameTooLong: "Control frames carry at most 125 bytes."
        case .continuationWithoutStart: "A continuation needs a message that has begun."
        case .newMessageInsideFragmented: "A new message began before the last one ended."
        case .closeBodyTooShort: "The body of a close is empty or at least 2 bytes."
        case .closeCodeNotAllowed(let code): "Close code \(code) must not be sent."
        case .messageTooBig(let limit): "A message is at most \(limit) bytes."
        case .invalidUTF8: "Text must be valid UTF-8."
        case .invalidDeflateData: "The compressed data is damaged."
        case .noMemoryForCompression: "The server is out of memory."
        }
    }
}
