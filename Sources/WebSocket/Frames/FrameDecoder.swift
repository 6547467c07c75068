/// Turns the bytes of one client into messages (RFC 6455 section 5), without I/O: any split of the same bytes gives the same messages.
/// Only a client that keeps its window across messages and reaches back further than agreed is refused at one split and read at another (`Inflater`).
///
/// Memory follows what has arrived, never what a head announces. Between frames the decoder owns no buffer.
struct FrameDecoder {
    /// Something complete has arrived.
    enum Event: Equatable {
        /// A whole text message; valid UTF-8.
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// The code, nil when the close had no body. Code and reason have been checked.
        case close(WebSocketCloseCode?)
    }

    /// Compressed bytes taken at once, so that text which inflates to nonsense fails before all of it has been inflated.
    private static let inflateStep = 4096

    /// The most bytes of one message, after decompression.
    let messageLimit: Int
    /// Present when permessage-deflate was agreed on.
    private let inflater: Inflater?

    /// The frame whose payload is arriving.
    private var frame: FrameHeader?
    /// The kind of the message whose frames are arriving.
    private var messageOpcode: Opcode?
    private var messageIsCompressed = false
    private var validator = UTF8Validator()
    private var message: [UInt8] = []
    /// The payload of a control frame, or a head that has not arrived whole.
    private var control: [UInt8] = []

    init(messageLimit: Int, inflater: Inflater? = nil) {
        self.messageLimit = messageLimit
        self.inflater = inflater
    }

    /// Bytes held for a message or frame that is not complete: 0 while idle.
    var heldBytes: Int { message.capacity + control.capacity }

    /// Reads up to the next event and moves `input` past what it has read.
    /// - Returns: nil when all of `input` has been taken.
    /// - Throws: `ProtocolViolation`; the decoder must not be used after that.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(ProtocolViolation) -> Event? {
        while true {
            if frame == nil { try readHead(&input) }
            guard var current = frame else { return nil }
            let count = min(current.length, input.count)
            try absorb(UnsafeRawBufferPointer(rebasing: input[..<count]), of: &current)
            input = UnsafeRawBufferPointer(rebasing: input[count...])
            current.length -= count
            guard current.length == 0 else {
                frame = current
                return nil
            }
            frame = nil
            if let event = try end(current) { return event }
        }
    }

    // MARK: Heads

    private mutating func readHead(_ input: inout UnsafeRawBufferPointer) throws(ProtocolViolation) {
        if control.isEmpty, let header = try FrameHeader.parse(input, allowsCompression: inflater != nil) {
            input = UnsafeRawBufferPointer(rebasing: input[Int(header.size)...])
            return try begin(header)
        }
        // The head is cut by the end of the input: collect it byte by byte.
        while let byte = input.first {
            input = UnsafeRawBufferPointer(rebasing: input.dropFirst())
            if let header = try appendToHead(byte) { return try begin(header) }
        }
    }

    private mutating func appendToHead(_ byte: UInt8) throws(ProtocolViolation) -> FrameHeader? {
        control.append(byte)
        let allowsCompression = inflater != nil
        let header = try control.withUnsafeBufferPointer { head throws(ProtocolViolation) in
            try FrameHeader.parse(UnsafeRawBufferPointer(head), allowsCompression: allowsCompression)
        }
        if header != nil { control = [] }
        return header
    }

    private mutating func begin(_ header: FrameHeader) throws(ProtocolViolation) {
        switch header.opcode {
        case .continuation:
            guard messageOpcode != nil else { throw .continuationWithoutStart }
        case .text, .binary:
            guard messageOpcode == nil else { throw .newMessageInsideFragmented }
            messageOpcode = header.opcode
            messageIsCompressed = header.isCompressed
        case .close, .ping, .pong:
            break
        }
        if !header.opcode.isControl {
            let held = messageIsCompressed ? inflater?.messageInput ?? 0 : message.count
            let limit = messageIsCompressed ? Inflater.inputLimit(forMessageLimit: messageLimit) : messageLimit
            guard header.length <= limit - held else { throw .messageTooBig(limit: messageLimit) }
        }
        frame = header
    }

    // MARK: Payload

    private mutating func absorb(_ bytes: UnsafeRawBufferPointer, of frame: inout FrameHeader) throws(ProtocolViolation) {
        guard bytes.count > 0 else { return }
        if frame.opcode.isControl {
            Self.append(bytes, unmaskedWith: &frame.mask, to: &control)
        } else if messageIsCompressed {
            try inflate(bytes, unmaskedWith: &frame.mask)
        } else {
            let start = message.count
            Self.append(bytes, unmaskedWith: &frame.mask, to: &message)
            try validateText(from: start)
        }
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, unmaskedWith mask: inout Mask, to target: inout [UInt8]) {
        let start = target.count
        target.append(contentsOf: bytes)
        target.withUnsafeMutableBytes { mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    private mutating func inflate(_ bytes: UnsafeRawBufferPointer, unmaskedWith mask: inout Mask) throws(ProtocolViolation) {
        guard let inflater else { return }
        let limit = messageLimit
        try withUnsafeTemporaryAllocation(byteCount: Self.inflateStep, alignment: 8) { buffer throws(ProtocolViolation) in
            var rest = bytes
            while rest.count > 0 {
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(rest.count, Self.inflateStep)])
                piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<piece.count]))
                rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
                mask.apply(to: piece)
                try takeInflated { message throws(ProtocolViolation) in
                    try inflater.inflate(UnsafeRawBufferPointer(piece), into: &message, limit: limit)
                }
            }
        }
    }

    /// Of text that goes bad before its data does, the text is to blame, so that the violation does not depend on how the bytes are cut.
    private mutating func takeInflated(
        _ inflate: (inout [UInt8]) throws(ProtocolViolation) -> Void
    ) throws(ProtocolViolation) {
        let start = message.count
        do throws(ProtocolViolation) {
            try inflate(&message)
        } catch {
            try validateText(from: start)
            throw error
        }
        try validateText(from: start)
    }

    private mutating func validateText(from start: Int) throws(ProtocolViolation) {
        guard messageOpcode == .text else { return }
        var validator = validator
        let isValid = message.withUnsafeBytes { validator.accept(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        self.validator = validator
        guard isValid else { throw .invalidUTF8 }
    }

    // MARK: Ends

    private mutating func end(_ frame: FrameHeader) throws(ProtocolViolation) -> Event? {
        if frame.opcode.isControl {
            var payload: [UInt8] = []
            swap(&payload, &control)
            switch frame.opcode {
            case .ping: return .ping(payload)
            case .pong: return .pong(payload)
            default: return .close(try Self.closeCode(payload))
            }
        }
        guard frame.isFinal else { return nil }
        return try endMessage()
    }

    private mutating func endMessage() throws(ProtocolViolation) -> Event {
        if messageIsCompressed, let inflater {
            let limit = messageLimit
            try takeInflated { message throws(ProtocolViolation) in try inflater.finishMessage(into: &message, limit: limit) }
        }
        guard validator.isComplete else { throw .invalidUTF8 }
        var whole: [UInt8] = []
        swap(&whole, &message)
        let isText = messageOpcode == .text
        messageOpcode = nil
        messageIsCompressed = false
        return isText ? .text(whole) : .binary(whole)
    }

    /// RFC 6455 section 5.5.1: a body begins with a code, the rest is UTF-8.
    private static func closeCode(_ body: [UInt8]) throws(ProtocolViolation) -> WebSocketCloseCode? {
        guard body.count > 0 else { return nil }
        guard body.count >= 2 else { throw .closeBodyTooShort }
        let code = WebSocketCloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
        guard code.isAllowedOnWire else { throw .closeCodeNotAllowed(code.rawValue) }
        var validator = UTF8Validator()
        let isValid = body.withUnsafeBytes { validator.accept(UnsafeRawBufferPointer(rebasing: $0[2...])) }
        guard isValid, validator.isComplete else { throw .invalidUTF8 }
        return code
    }
}
