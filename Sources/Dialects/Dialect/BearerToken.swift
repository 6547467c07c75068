public import HTTP

extension HTTPRequest {
    /// The token of `Authorization: Bearer` (RFC 6750 2.1), nil without one.
    public var bearerToken: String? {
        guard let value = headers[first: "authorization"], value.utf8.count > 7 else { return nil }
        // The scheme is ASCII: the sixth bit is what tells capitals apart, and the blank has it as well.
        guard value.utf8.prefix(7).lazy.map({ $0 | 0x20 }).elementsEqual("bearer ".utf8) else { return nil }
        return String(value.utf8.dropFirst(7))
    }
}
