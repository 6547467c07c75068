/// Takes the chunked coding apart (RFC 9112 section 7.1). Extensions and trailers are read and dropped.
struct ChunkedDecoder {
    enum Event {
        case data(Range<Int>)
        case end
    }

    private enum State {
        /// The digits of a size.
        case size(value: Int, digits: Int)
        /// Blanks behind the digits, which only an extension may follow.
        case sizeBlank(value: Int)
        /// The rest of a size line.
        case `extension`(value: Int)
        case sizeLineFeed(value: Int)
        case data(rest: Int)
        case dataCarriageReturn
        case dataLineFeed
        /// At the beginning of a trailer line, or of the empty line that ends all.
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
    }

    /// Bytes of the extensions of one body, and of its trailers, at most: no client needs any.
    private static let slackBytes = 4_096

    private let slack: Int
    private let trailerFields: Int
    private let bodyLimit: Int
    private var state = State.size(value: 0, digits: 0)
    private var slackUsed = 0
    private var trailers = 0
    private var announced = 0

    init(limits: HTTPLimits) {
        slack = min(limits.headerBytes, Self.slackBytes)
        trailerFields = limits.headerFields
        bodyLimit = limits.bodyBytes
    }

    mutating func next(in input: UnsafeRawBufferPointer, from offset: inout Int) throws(HTTPError) -> Event? {
        while offset < input.count {
            if case .data(let rest) = state {
                let count = min(rest, input.count - offset)
                let range = offset..<offset + count
                offset += count
                state = rest == count ? .dataCarriageReturn : .data(rest: rest - count)
                return .data(range)
            }
            let byte = input[offset]
            offset += 1
            if try step(byte) { return .end }
        }
        return nil
    }

    /// - Returns: whether the body has ended.
    private mutating func step(_ byte: UInt8) throws(HTTPError) -> Bool {
        switch state {
        case .size(let value, let digits):
            try readSize(byte, value: value, digits: digits)
        case .sizeBlank(let value): try readBlank(byte, value: value)
        case .extension(let value):
            if byte == 0x0D { state = .sizeLineFeed(value: value) } else { try spend(byte, "a chunk extension") }
        case .sizeLineFeed(let value):
            try expect(byte, 0x0A, "the end of a chunk size")
            try announce(value)
        case .dataCarriageReturn:
            try expect(byte, 0x0D, "the end of a chunk")
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(byte, 0x0A, "the end of a chunk")
            state = .size(value: 0, digits: 0)
        case .trailerStart: try startTrailer(byte)
        case .trailerName:
            if byte != UInt8(ascii: ":") {
                guard FieldSyntax.isTokenByte(byte) else { throw .malformed("a trailer") }
            } else {
                state = .trailerValue
            }
            try spend(byte, "a trailer")
        case .trailerValue:
            if byte == 0x0D { state = .trailerLineFeed } else { try spend(byte, "a trailer") }
        case .trailerLineFeed:
            try expect(byte, 0x0A, "the end of a trailer")
            state = .trailerStart
        case .lastLineFeed:
            try expect(byte, 0x0A, "the end of the body")
            return true
        case .data: break
        }
        return false
    }

    private mutating func readSize(_ byte: UInt8, value: Int, digits: Int) throws(HTTPError) {
        let digit: Int
        switch byte {
        case 48...57: digit = Int(byte) - 48
        case 65...70: digit = Int(byte) - 55
        case 97...102: digit = Int(byte) - 87
        case 0x0D where digits > 0:
            state = .sizeLineFeed(value: value)
            return
        case UInt8(ascii: ";") where digits > 0:
            state = .extension(value: value)
            return
        case 0x20 where digits > 0, 0x09 where digits > 0:
            try spend(byte, "a chunk size")
            state = .sizeBlank(value: value)
            return
        default: throw .malformed("a chunk size")
        }
        // Fifteen digits are more than any body has, and fit.
        guard digits < 15 else { throw .malformed("a chunk size") }
        state = .size(value: value << 4 | digit, digits: digits + 1)
    }

    /// RFC 9112 7.1.1 has blanks before the semicolon of an extension read over (BWS); without an extension they have no place.
    private mutating func readBlank(_ byte: UInt8, value: Int) throws(HTTPError) {
        guard FieldSyntax.isBlank(byte) || byte == UInt8(ascii: ";") else { throw .malformed("a chunk size") }
        try spend(byte, "a chunk size")
        if byte == UInt8(ascii: ";") { state = .extension(value: value) }
    }

    private mutating func announce(_ size: Int) throws(HTTPError) {
        guard size <= bodyLimit - announced else { throw .bodyTooLarge(limit: bodyLimit) }
        announced += size
        state = size == 0 ? .trailerStart : .data(rest: size)
    }

    private mutating func startTrailer(_ byte: UInt8) throws(HTTPError) {
        if byte == 0x0D {
            state = .lastLineFeed
            return
        }
        guard FieldSyntax.isTokenByte(byte) else { throw .malformed("a trailer") }
        trailers += 1
        guard trailers <= trailerFields else { throw .tooManyFields(limit: trailerFields) }
        try spend(byte, "a trailer")
        state = .trailerName
    }

    private func expect(_ byte: UInt8, _ wanted: UInt8, _ what: String) throws(HTTPError) {
        guard byte == wanted else { throw .malformed(what) }
    }

    private mutating func spend(_ byte: UInt8, _ what: String) throws(HTTPError) {
        slackUsed += 1
        guard FieldSyntax.isValueByte(byte) else { throw .malformed(what) }
        guard slackUsed <= slack else { throw .headerTooLarge(limit: slack) }
    }
}
