/// Turns the bytes of a connection into requests, whatever the pieces in which they come. No I/O, no clock.
///
/// The caller hands in what has arrived and takes one event after the other, until there is none.
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
    /// The beginning of a head that has not come whole yet.
    private var pending: [UInt8] = []

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
        case .length(let rest):
            if rest == 0 {
                state = .head
                return .end
            }
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
        if pending.isEmpty {
            // RFC 9112 2.2: an empty line before a request line is passed over.
            while offset + 1 < input.count, input[offset] == 0x0D, input[offset + 1] == 0x0A { offset += 2 }
        }
        guard offset < input.count else { return nil }
        // The end may lie across the pieces: the last three bytes of the one before count.
        let seen = pending.count
        let room = limits.headerBytes - seen
        let available = UnsafeRawBufferPointer(rebasing: input[offset...].prefix(room))
        pending.append(contentsOf: available)
        guard let end = Self.endOfHead(in: pending, from: max(0, seen - 3)) else {
            guard pending.count < limits.headerBytes else { throw .headerTooLarge(limit: limits.headerBytes) }
            offset += available.count
            return nil
        }
        offset += end - seen
        let block = Array(pending.prefix(end))
        pending = []
        var parser = HeadParser(block, limits: limits)
        let head = try parser.parse()
        switch head.framing {
        case .none: state = .length(0)
        case .length(let length): state = .length(length)
        case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
        }
        return .head(head)
    }

    /// The place after CR LF CR LF.
    private static func endOfHead(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index + 3 < bytes.count {
                // Most bytes are no line end: looking at the fourth first skips three at a time.
                switch bytes[index + 3] {
                case 0x0A:
                    if bytes[index + 2] == 0x0D, bytes[index + 1] == 0x0A, bytes[index] == 0x0D { return index + 4 }
                    index += 2
                case 0x0D: index += 1
                default: index += 4
                }
            }
            return nil
        }
    }
}
