/// Turns the bytes of a connection into requests, whatever the pieces in which they come. No I/O, no clock.
///
/// The caller hands in what has arrived and takes one event after the other, until there is none. After an error nothing more can be
/// understood: the connection has to be closed.
struct RequestParser {
    enum Event {
        case head(RequestHead)
        /// A part of the body: a range of the input.
        case body(Range<Int>)
        case end
    }

    private enum State {
        case head
        case length(Int)
        case chunked(ChunkedDecoder)
    }

    private let limits: HTTPLimits
    private var state = State.head
    private var scanner = HeadScanner()
    /// The beginning of a head that has not come whole yet.
    private var pending: [UInt8] = []
    private var hasEmptyLine = false

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether nothing of the next request has come yet.
    var isBetweenRequests: Bool {
        if case .head = state { return pending.isEmpty }
        return false
    }

    /// The next event in the input from `offset` on; nil when all of it is used up.
    mutating func next(in input: UnsafeRawBufferPointer, from offset: inout Int) throws(HTTPError) -> Event? {
        switch state {
        case .head:
            return try nextHead(in: input, from: &offset)
        case .length(0):
            state = .head
            return .end
        case .length(let rest):
            let count = min(rest, input.count - offset)
            guard count > 0 else { return nil }
            let range = offset..<offset + count
            offset += count
            state = .length(rest - count)
            return .body(range)
        case .chunked(var decoder):
            let event = try decoder.next(in: input, from: &offset)
            state = .chunked(decoder)
            switch event {
            case .data(let range): return .body(range)
            case .end:
                state = .head
                return .end
            case nil: return nil
            }
        }
    }

    private mutating func nextHead(in input: UnsafeRawBufferPointer, from offset: inout Int) throws(HTTPError) -> Event? {
        while offset < input.count {
            let piece = UnsafeRawBufferPointer(rebasing: input[offset...].prefix(limits.headerBytes - pending.count))
            let seen = pending.count
            let found: HeadScanner.Found?
            if seen == 0 {
                found = try scanner.scan(piece)
            } else {
                pending.append(contentsOf: piece)
                found = try scan(pending)
            }
            switch found {
            case nil:
                if seen == 0 { pending = Array(piece) }
                offset += piece.count
                guard pending.count < limits.headerBytes else { throw overflow }
                return nil
            case .emptyLine:
                // RFC 9112 2.2: an empty line before a request line is passed over. One: more are no mistake of an old client.
                guard !hasEmptyLine else { throw .malformed("more than one empty line before the request line") }
                hasEmptyLine = true
                offset += 2 - seen
                startHead()
            case .end(let end):
                let block = seen == 0 ? Array(piece[..<end]) : Array(pending[..<end])
                offset += end - seen
                startHead()
                hasEmptyLine = false
                return .head(try begin(block))
            }
        }
        return nil
    }

    private mutating func startHead() {
        scanner = HeadScanner()
        pending = []
    }

    private mutating func begin(_ block: [UInt8]) throws(HTTPError) -> RequestHead {
        let head = try HeadParser.parse(block, limits: limits)
        switch head.framing {
        case .none: state = .length(0)
        case .length(let length):
            guard length <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
            state = .length(length)
        case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
        }
        return head
    }

    private mutating func scan(_ bytes: [UInt8]) throws(HTTPError) -> HeadScanner.Found? {
        // `withUnsafeBytes` does not carry the type of an error through.
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(HTTPError) in try scanner.scan(bytes) }
        }
        return try result.get()
    }

    /// A head that does not end: the target is to blame when not even the first line has.
    private var overflow: HTTPError {
        scanner.hasRequestLine ? .headerTooLarge(limit: limits.headerBytes) : .targetTooLong(limit: limits.targetBytes)
    }
}
