/// Takes the chunked coding apart (RFC 9112 section 7.1). Extensions and trailers are read and dropped.
struct ChunkedDecoder {
    enum Event {
        case data(Range<Int>)
        case end
    }

    private enum State {
        /// The digits of a size.
        case size(value: Int, digits: Int)
        /// The rest of a size line.
        case `extension`(value: Int)
        case sizeLineFeed(value: Int)
        case data(rest: Int)
        case dataCarriageReturn
        case dataLineFeed
        /// At the beginning of a trailer line, or of the empty line that ends all.
        case trailerStart
        case trailer
        case trailerLineFeed
        case lastLineFeed
    }

    /// Bytes of extensions of one line, and of all trailers, at most.
    private let slack: Int
    private var state = State.size(value: 0, digits: 0)
    private var slackUsed = 0

    init(limits: HTTPLimits) {
        slack = min(limits.headerBytes, 4_096)
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
        case .extension(let value):
            if byte == 0x0D { state = .sizeLineFeed(value: value) } else { try spend(byte, "a chunk extension") }
        case .sizeLineFeed(let value):
            guard byte == 0x0A else { throw .malformed("the end of a chunk size") }
            slackUsed = value == 0 ? slackUsed : 0
            state = value == 0 ? .trailerStart : .data(rest: value)
        case .dataCarriageReturn:
            guard byte == 0x0D else { throw .malformed("the end of a chunk") }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == 0x0A else { throw .malformed("the end of a chunk") }
            state = .size(value: 0, digits: 0)
        case .trailerStart:
            if byte == 0x0D {
                state = .lastLineFeed
            } else {
                guard FieldSyntax.isTokenByte(byte) else { throw .malformed("a trailer") }
                try spend(byte, "a trailer")
                state = .trailer
            }
        case .trailer:
            if byte == 0x0D { state = .trailerLineFeed } else { try spend(byte, "a trailer") }
        case .trailerLineFeed:
            guard byte == 0x0A else { throw .malformed("the end of a trailer") }
            state = .trailerStart
        case .lastLineFeed:
            guard byte == 0x0A else { throw .malformed("the end of the body") }
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
        default: throw .malformed("a chunk size")
        }
        // Fifteen digits are more than any body has, and fit.
        guard digits < 15 else { throw .malformed("a chunk size") }
        state = .size(value: value << 4 | digit, digits: digits + 1)
    }

    private mutating func spend(_ byte: UInt8, _ what: String) throws(HTTPError) {
        slackUsed += 1
        guard FieldSyntax.isValueByte(byte) else { throw .malformed(what) }
        guard slackUsed <= slack else { throw .headerTooLarge(limit: slack) }
    }
}
