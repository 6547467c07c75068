/// What the fields of a head say about the message itself, gathered while they are parsed.
struct FramingFields {
    private(set) var host: Range<Int32>?
    private(set) var asksForUpgrade = false
    private var hostCount = 0
    private var length: Int?
    private var isChunked = false
    private var closes = false
    private var expectsContinue = false
    private var hasUnknownExpectation = false
    private var codingFailure: HTTPError?

    /// Looks at a field; those that only handlers care about are told by the length of their name.
    mutating func take(
        _ name: Slice<UnsafeRawBufferPointer>, _ value: Slice<UnsafeRawBufferPointer>, at range: Range<Int32>
    ) throws(HTTPError) {
        switch name.count {
        case 4 where ASCII.equal(name, lowercase: "host"): try takeHost(value, at: range)
        case 6 where ASCII.equal(name, lowercase: "expect"): takeExpectation(value)
        case 7 where ASCII.equal(name, lowercase: "upgrade"): asksForUpgrade = true
        case 10 where ASCII.equal(name, lowercase: "connection"): takeConnection(value)
        case 14 where ASCII.equal(name, lowercase: "content-length"): try takeLength(value)
        case 17 where ASCII.equal(name, lowercase: "transfer-encoding"): try takeCoding(value)
        default: break
        }
    }

    /// RFC 9112 3.2: exactly one Host in HTTP/1.1, and no host that is none.
    func check(isVersion11: Bool) throws(HTTPError) {
        guard hostCount == 1 || hostCount == 0 && !isVersion11 else { throw .malformed("exactly one Host field is needed") }
        if isVersion11, hasUnknownExpectation { throw .unknownExpectation }
    }

    /// A message with two lengths is the stuff that request smuggling is made of: refused, whatever they say (RFC 9112 6.3).
    func framing(isVersion11: Bool) throws(HTTPError) -> RequestHead.Framing {
        if isChunked || codingFailure != nil {
            guard isVersion11, length == nil else { throw .malformed("the length of the body is ambiguous") }
            if let codingFailure { throw codingFailure }
            return .chunked
        }
        guard let length, length > 0 else { return .none }
        return .length(length)
    }

    /// HTTP/1.0 is answered and closed: its keep-alive was never specified well.
    func keepsAlive(isVersion11: Bool) -> Bool {
        isVersion11 && !closes
    }

    /// RFC 9110 10.1.1: an expectation of HTTP/1.0, or without a body, is ignored.
    func expectsContinue(isVersion11: Bool, framing: RequestHead.Framing) -> Bool {
        isVersion11 && expectsContinue && framing != .none
    }

    // MARK: The fields

    private mutating func takeHost(_ value: Slice<UnsafeRawBufferPointer>, at range: Range<Int32>) throws(HTTPError) {
        hostCount += 1
        host = range
        guard value.allSatisfy({ FieldSyntax.hostBytes.contains($0) }) else { throw .malformed("the Host") }
    }

    private mutating func takeExpectation(_ value: Slice<UnsafeRawBufferPointer>) {
        if ASCII.equal(value, lowercase: "100-continue") { expectsContinue = true } else { hasUnknownExpectation = true }
    }

    private mutating func takeConnection(_ value: Slice<UnsafeRawBufferPointer>) {
        for member in value.split(separator: UInt8(ascii: ",")) {
            var member = member
            while let first = member.first, FieldSyntax.isBlank(first) { member.removeFirst() }
            while let last = member.last, FieldSyntax.isBlank(last) { member.removeLast() }
            if ASCII.equal(member, lowercase: "close") { closes = true }
        }
    }

    /// RFC 9112 6.3 allows equal lengths to be taken as one; no client sends them, so they are refused too.
    private mutating func takeLength(_ value: Slice<UnsafeRawBufferPointer>) throws(HTTPError) {
        // Eighteen digits are more than any body has, and fit.
        guard length == nil, !value.isEmpty, value.count <= 18 else { throw .malformed("the Content-Length") }
        var number = 0
        for byte in value {
            guard FieldSyntax.isDigit(byte) else { throw .malformed("the Content-Length") }
            number = number * 10 + Int(byte &- 48)
        }
        length = number
    }

    /// Without chunked at the end nobody knows where the body ends: 400. With another coding before it: 501 (RFC 9112 6.1, 6.3).
    private mutating func takeCoding(_ value: Slice<UnsafeRawBufferPointer>) throws(HTTPError) {
        guard !isChunked, codingFailure == nil else { throw .malformed("the length of the body is ambiguous") }
        if ASCII.equal(value, lowercase: "chunked") {
            isChunked = true
            return
        }
        let names = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)[...].trimmingBlanks.lowercased()
        }
        let isWellFormed = names.last == "chunked" && !names.dropLast().contains("chunked") && !names.contains("")
        codingFailure = isWellFormed ? .unknownTransferCoding : .malformed("the Transfer-Encoding does not end with chunked")
    }
}
