extension RequestHead {
    /// Reads what the fields say about the message itself.
    init(method: HTTPMethod, target: String, headers: RequestHeaders, isVersion11: Bool) throws(HTTPError) {
        let hosts = headers.all("host")
        guard hosts.count == 1 || hosts.isEmpty && !isVersion11 else { throw .malformed("exactly one Host field is needed") }
        self.method = method
        minorVersion = isVersion11 ? 1 : 0
        self.target = try Self.originForm(of: target, method: method)
        pathLength = self.target.utf8.prefix { $0 != UInt8(ascii: "?") }.count
        self.headers = headers
        framing = try Self.framing(headers, isVersion11: isVersion11)
        let connection = headers.list("connection").map { $0.lowercased() }
        keepsAlive = isVersion11 ? !connection.contains("close") : false
        let expectations = headers.list("expect")
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else { throw .unknownExpectation }
        expectsContinue = isVersion11 && !expectations.isEmpty && framing != .none
    }

    /// Path and query: the other forms of a target (RFC 9112 3.2) are brought to this one or refused.
    private static func originForm(of target: String, method: HTTPMethod) throws(HTTPError) -> String {
        if target.hasPrefix("/") {
            guard !target.utf8.contains(UInt8(ascii: "#")) else { throw .malformed("the target") }
            return target
        }
        if target == "*", method == .options { return target }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.utf8.dropFirst(scheme.utf8.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return "/" }
            return String(target[slash...])
        }
        throw .malformed("the target")
    }

    /// A message with two lengths is the stuff that request smuggling is made of: refused, whatever they say (RFC 9112 6.3).
    private static func framing(_ headers: RequestHeaders, isVersion11: Bool) throws(HTTPError) -> Framing {
        let lengths = headers.all("content-length")
        let codings = headers.all("transfer-encoding")
        if !codings.isEmpty {
            guard isVersion11, lengths.isEmpty, codings.count == 1 else { throw .malformed("the length of the body is ambiguous") }
            let names = headers.list("transfer-encoding").map { $0.lowercased() }
            // Without chunked at the end nobody knows where the body ends.
            guard names.last == "chunked" else { throw .malformed("the Transfer-Encoding does not end with chunked") }
            guard names.count == 1 else { throw .unknownTransferCoding }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1, !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(text)
        else { throw .malformed("the Content-Length") }
        return length == 0 ? .none : .length(length)
    }
}
