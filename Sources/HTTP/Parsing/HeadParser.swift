/// Parses a complete head, strictly (RFC 9112): what two servers could read in two ways is refused.
///
/// One pass over the bytes. Field values stay where they are; what the server itself needs is looked at on the way.
struct HeadParser {
    /// Bytes of a method: the longest registered one has 17.
    private static let methodBytes = 32

    private let limits: HTTPLimits
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// - Parameter head: from the request line to the empty line, both included.
    static func parse(_ head: [UInt8], limits: HTTPLimits) throws(HTTPError) -> RequestHead {
        // `withUnsafeBytes` does not carry the type of an error through.
        let result = head.withUnsafeBytes { bytes in
            var parser = HeadParser(limits: limits, bytes: bytes)
            return Result { () throws(HTTPError) in try parser.parse(head) }
        }
        return try result.get()
    }

    private init(limits: HTTPLimits, bytes: UnsafeRawBufferPointer) {
        self.limits = limits
        self.bytes = bytes
    }

    private mutating func parse(_ head: [UInt8]) throws(HTTPError) -> RequestHead {
        let method = try parseMethod()
        let targetRange = try parseTarget()
        let isVersion11 = try parseVersion()
        let target = try RequestTarget(bytes, targetRange, method: method)
        var framingFields = FramingFields()
        let fields = try parseFields(&framingFields)
        try framingFields.check(isVersion11: isVersion11)
        let framing = try framingFields.framing(isVersion11: isVersion11)
        return RequestHead(
            method: method, minorVersion: isVersion11 ? 1 : 0, target: target.text, pathLength: target.pathLength,
            headers: RequestHeaders(bytes: head, fields: fields), host: target.authority ?? framingFields.host, framing: framing,
            keepsAlive: framingFields.keepsAlive(isVersion11: isVersion11),
            expectsContinue: framingFields.expectsContinue(isVersion11: isVersion11, framing: framing),
            asksForUpgrade: framingFields.asksForUpgrade)
    }

    // MARK: The request line

    private mutating func parseMethod() throws(HTTPError) -> HTTPMethod {
        while position < bytes.count, FieldSyntax.isTokenByte(bytes[position]) { position += 1 }
        let token = bytes[0..<position]
        guard !token.isEmpty, take(0x20) else { throw .malformed("the method") }
        guard token.count <= Self.methodBytes else { throw .methodTooLong(limit: Self.methodBytes) }
        return HTTPMethod(token: token)
    }

    private mutating func parseTarget() throws(HTTPError) -> Range<Int> {
        let start = position
        while position < bytes.count, FieldSyntax.targetBytes.contains(bytes[position]) { position += 1 }
        let range = start..<position
        guard !range.isEmpty, take(0x20) else { throw .malformed("the target") }
        guard range.count <= limits.targetBytes else { throw .targetTooLong(limit: limits.targetBytes) }
        return range
    }

    /// RFC 9110 2.5: a higher minor version is treated as the highest one that is known.
    ///
    /// - Returns: whether it is 1.1.
    private mutating func parseVersion() throws(HTTPError) -> Bool {
        guard position + 10 <= bytes.count, bytes[position..<position + 5].elementsEqual("HTTP/".utf8) else {
            throw .malformed("the version")
        }
        let major = bytes[position + 5]
        let minor = bytes[position + 7]
        guard FieldSyntax.isDigit(major), bytes[position + 6] == UInt8(ascii: "."), FieldSyntax.isDigit(minor) else {
            throw .malformed("the version")
        }
        position += 8
        guard takeLineEnd() else { throw .malformed("the request line") }
        guard major == UInt8(ascii: "1") else { throw .unknownVersion }
        return minor >= UInt8(ascii: "1")
    }

    // MARK: The fields

    private mutating func parseFields(_ framing: inout FramingFields) throws(HTTPError) -> [RequestHeaders.Field] {
        var fields: [RequestHeaders.Field] = []
        fields.reserveCapacity(min(12, limits.headerFields))
        while !takeLineEnd() {
            guard fields.count < limits.headerFields else { throw .tooManyFields(limit: limits.headerFields) }
            let field = try parseField()
            try framing.take(bytes[field.name.indices], bytes[field.value.indices], at: field.value)
            fields.append(field)
        }
        return fields
    }

    /// A line that begins with a blank would continue the one before (obs-fold): it is no name, so it is refused.
    private mutating func parseField() throws(HTTPError) -> RequestHeaders.Field {
        let name = position
        while position < bytes.count, FieldSyntax.isTokenByte(bytes[position]) { position += 1 }
        let nameEnd = position
        guard nameEnd > name, take(UInt8(ascii: ":")) else { throw .malformed("a field name") }
        while position < bytes.count, FieldSyntax.isBlank(bytes[position]) { position += 1 }
        let value = position
        while position < bytes.count, FieldSyntax.isValueByte(bytes[position]) { position += 1 }
        var valueEnd = position
        while valueEnd > value, FieldSyntax.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        guard takeLineEnd() else { throw .malformed("a field value") }
        return RequestHeaders.Field(name: Int32(name)..<Int32(nameEnd), value: Int32(value)..<Int32(valueEnd))
    }

    // MARK: Bytes

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeLineEnd() -> Bool {
        guard position + 1 < bytes.count, bytes[position] == 0x0D, bytes[position + 1] == 0x0A else { return false }
        position += 2
        return true
    }
}
