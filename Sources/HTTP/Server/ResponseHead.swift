/// Writes the head of a response (RFC 9112 section 4).
enum ResponseHead {
    /// How the content is sent.
    enum Framing {
        /// No content and no length: 101, 204, 304.
        case none
        case length(Int)
        case chunked
        /// The end of the connection is the end of the content: HTTP/1.0 has nothing better, and content without an end needs nothing else.
        case untilClose
    }

    /// Bytes that most heads fit into.
    static let usualSize = 384

    static func append(to head: inout [UInt8], _ response: HTTPResponse, framing: Framing, closes: Bool, date: [UInt8]) {
        head.append(contentsOf: "HTTP/1.1 ".utf8)
        head.append(contentsOf: String(response.status.code).utf8)
        head.append(UInt8(ascii: " "))
        head.append(contentsOf: response.status.reason.utf8)
        head.append(contentsOf: "\r\n".utf8)
        head.append(contentsOf: date)
        for (name, value) in response.headers.fields where !isOwn(name, value) {
            head.append(contentsOf: name.utf8)
            head.append(contentsOf: ": ".utf8)
            head.append(contentsOf: value.utf8)
            head.append(contentsOf: "\r\n".utf8)
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            head.append(contentsOf: "Content-Length: ".utf8)
            head.append(contentsOf: String(length).utf8)
            head.append(contentsOf: "\r\n".utf8)
        case .chunked: head.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        }
        if closes { head.append(contentsOf: "Connection: close\r\n".utf8) }
        head.append(contentsOf: "\r\n".utf8)
    }

    /// What the server alone knows: two lengths, or a wrong one, would let a response be read as two.
    private static func isOwn(_ name: String, _ value: String) -> Bool {
        switch name.utf8.count {
        case 4: ASCII.equalIgnoringCase(name, "date")
        case 10: ASCII.equalIgnoringCase(name, "connection") && ASCII.equalIgnoringCase(value, "close")
        case 14: ASCII.equalIgnoringCase(name, "content-length")
        case 17: ASCII.equalIgnoringCase(name, "transfer-encoding")
        default: false
        }
    }
}

extension HTTPResponse {
    /// Whether it can be sent as the end of an exchange: interim responses are the server's own.
    var isFinal: Bool {
        switch body {
        case .upgrade: status == .switchingProtocols
        case .endless: (200...999).contains(status.code) && !status.hasNoBody
        case .none, .bytes, .stream: (200...999).contains(status.code)
        }
    }

    /// Whether the handler wants the connection closed.
    var asksToClose: Bool {
        guard let value = headers[first: "connection"] else { return false }
        return ASCII.equalIgnoringCase(value, "close")
    }
}
