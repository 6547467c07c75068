/// Writes the head of a response (RFC 9112 section 4).
enum ResponseHead {
    /// How the content is sent.
    enum Framing {
        /// No content and no length: 1xx, 204, 304.
        case none
        case length(Int)
        case chunked
        /// The connection changes its protocol.
        case upgrade
    }

    static func bytes(_ response: HTTPResponse, framing: Framing, closes: Bool, date: [UInt8], capacity: Int) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(256 + capacity)
        head.append(contentsOf: "HTTP/1.1 ".utf8)
        head.append(contentsOf: String(response.status.code).utf8)
        head.append(UInt8(ascii: " "))
        head.append(contentsOf: response.status.reason.utf8)
        head.append(contentsOf: "\r\n".utf8)
        head.append(contentsOf: date)
        for field in response.headers.fields {
            head.append(contentsOf: field.name.utf8)
            head.append(contentsOf: ": ".utf8)
            head.append(contentsOf: field.value.utf8)
            head.append(contentsOf: "\r\n".utf8)
        }
        switch framing {
        case .none, .upgrade: break
        case .length(let length):
            head.append(contentsOf: "Content-Length: ".utf8)
            head.append(contentsOf: String(length).utf8)
            head.append(contentsOf: "\r\n".utf8)
        case .chunked: head.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        }
        if closes { head.append(contentsOf: "Connection: close\r\n".utf8) }
        head.append(contentsOf: "\r\n".utf8)
        return head
    }
}
