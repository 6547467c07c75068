/// Parses a complete head, strictly (RFC 9112): what two servers could read in two ways is refused.
struct HeadParser {
    private let limits: HTTPLimits
    private let bytes: [UInt8]
    private var position = 0

    /// - Parameter bytes: from the request line to the empty line, both included.
    init(_ bytes: [UInt8], limits: HTTPLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(HTTPError) -> RequestHead {
        let method = try parseMethod()
        let target = try parseTarget()
        let isVersion11 = try parseVersion()
        let fields = try parseFields()
        let headers = RequestHeaders(bytes: bytes, fields: fields)
        return try RequestHead(method: method, target: target, headers: headers, isVersion11: isVersion11)
    }

    // MARK: The request line

    private mutating func parseMethod() throws(HTTPError) -> HTTPMethod {
        let start = position
        while position < bytes.count, FieldSyntax.isTokenByte(bytes[position]) { position += 1 }
        guard position > start, position - start <= 32, take(0x20) else { throw .malformed("the method") }
        let token = bytes[start..<position - 1]
        // The usual ones cost no text.
        for known in [HTTPMethod.get, .post, .put, .patch, .delete, .head, .options] where token.elementsEqual(known.rawValue.utf8) {
            return known
        }
        return HTTPMethod(rawValue: String(decoding: token, as: UTF8.self))
    }

    private mutating func parseTarget() throws(HTTPError) -> String {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, bytes[position] < 0x7F { position += 1 }
        guard position > start, take(0x20) else { throw .malformed("the target") }
        guard position - 1 - start <= limits.targetBytes else { throw .targetTooLong(limit: limits.targetBytes) }
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    /// - Returns: whether it is 1.1.
    private mutating func parseVersion() throws(HTTPError) -> Bool {
        guard position + 10 <= bytes.count, bytes[position..<position + 5].elementsEqual("HTTP/".utf8) else {
            throw .malformed("the version")
        }
        let major = bytes[position + 5]
        let minor = bytes[position + 7]
        guard isDigit(major), bytes[position + 6] == UInt8(ascii: "."), isDigit(minor) else { throw .malformed("the version") }
        position += 8
        guard takeLineEnd() else { throw .malformed("the request line") }
        guard major == UInt8(ascii: "1"), minor <= UInt8(ascii: "1") else { throw .unknownVersion }
        return minor == UInt8(ascii: "1")
    }

    // MARK: The fields

    private mutating func parseFields() throws(HTTPError) -> [RequestHeaders.Field] {
        var fields: [RequestHeaders.Field] = []
        fields.reserveCapacity(16)
        while !takeLineEnd() {
            guard fields.count < limits.headerFields else { throw .tooManyFields(limit: limits.headerFields) }
            fields.append(try parseField())
        }
        return fields
    }

    /// A line that begins with a blank would continue the one before (obs-fold): it is no name, so it is refused.
    private mutating func parseField() throws(HTTPError) -> RequestHeaders.Field {
        let name = position
        while position < bytes.count, FieldSyntax.isTokenByte(bytes[position]) { position += 1 }
        let nameEnd = position
        guard nameEnd > name, take(UInt8(ascii: ":")) else { throw .malformed("a field name") }
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        let value = position
        while position < bytes.count, FieldSyntax.isValueByte(bytes[position]) { position += 1 }
        var valueEnd = position
        while valueEnd > value, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
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

    private func isDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte)
    }
}
