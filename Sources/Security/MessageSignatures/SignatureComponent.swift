internal import HTTP

/// A part of a message that a signature covers (RFC 9421 2).
struct SignatureComponent: Sendable, Hashable {
    /// The name of a field in lower case, or a derived component such as `@method`.
    var name: String
    /// Whether it is a part of the request that a response answers.
    var isOfRequest: Bool

    init(_ name: String, isOfRequest: Bool = false) {
        self.name = name
        self.isOfRequest = isOfRequest
    }

    /// From its place in `Signature-Input`; the only parameter is `req`.
    init(_ item: StructuredItem) throws(SignatureFailure) {
        guard let name = item.value.string, !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
            throw .malformed("a component is not the name of a field in lower case")
        }
        self.name = name
        isOfRequest = item.parameters["req"] == .boolean(true)
        guard item.parameters.entries.count == (isOfRequest ? 1 : 0) else { throw .malformed("a component has parameters") }
    }

    var item: StructuredItem {
        var parameters = StructuredParameters()
        if isOfRequest { parameters.set("req", .boolean(true)) }
        return StructuredItem(.string(name), parameters: parameters)
    }

    /// The line of the component in the signature base (RFC 9421 2.5).
    func line(of message: SignedMessage) throws(SignatureFailure) -> String {
        let value = try value(in: message)
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw .malformed("a component is not plain ASCII")
        }
        return "\(item.serialized): \(value)"
    }

    private func value(in message: SignedMessage) throws(SignatureFailure) -> String {
        let query = message.query.map { "?\($0)" }
        switch name {
        // What belongs to a request is a part of the response only when the component says so.
        case "@method" where isPartOfRequest(message): return message.method
        case "@authority" where isPartOfRequest(message): return message.authority
        case "@path" where isPartOfRequest(message): return message.path
        case "@query" where isPartOfRequest(message): return query ?? "?"
        case "@target-uri" where isPartOfRequest(message):
            return "\(message.scheme)://\(message.authority)\(message.path)\(query ?? "")"
        case "@status":
            guard let status = message.status, !isOfRequest else { throw .malformed("@status is a part of responses") }
            return String(status)
        default:
            guard !name.hasPrefix("@"), !isOfRequest else { throw .malformed("a covered component is unknown here") }
            let lines = message.lines(name)
            guard !lines.isEmpty else { throw .malformed("a covered field is absent") }
            return lines.map(\.trimmingBlanks).joined(separator: ", ")
        }
    }

    private func isPartOfRequest(_ message: SignedMessage) -> Bool {
        isOfRequest == (message.status != nil)
    }

    /// tchar of RFC 9110 5.6.2 without capitals, and the sign of derived components.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~@".utf8.contains(byte)
        }
    }
}

extension String {
    /// The text without blanks and tabs at its ends.
    fileprivate var trimmingBlanks: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }
}
