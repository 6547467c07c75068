internal import Primitives

/// The parts of an HTTP request that decide about an upgrade (RFC 6455 section 4.2.1), free of any HTTP implementation.
struct UpgradeRequest {
    /// What the server's answer carries (RFC 6455 section 4.2.2).
    struct Agreement: Equatable {
        /// Sec-WebSocket-Accept.
        var accept: String
        var subprotocol: String?
        var deflate: DeflateAgreement?
    }

    /// RFC 6455 section 1.3.
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    var method: String
    var isHTTP11: Bool
    /// All values of a header field, in order; the name is given in lower case.
    var values: (_ name: String) -> [String]

    /// Checks the request and chooses among what the client offers.
    /// - Parameter chooseSubprotocol: gets the offered subprotocols in the client's order; nil for none.
    func agree(
        options: WebSocketOptions, chooseSubprotocol: ([String]) -> String?
    ) throws(WebSocketHandshakeError) -> Agreement {
        guard method == "GET" else { throw .methodNotAllowed }
        guard isHTTP11 else { throw .notHTTP11 }
        guard values("host").count == 1 else { throw .missingHost }
        guard contains("websocket", in: "upgrade"), contains("upgrade", in: "connection") else { throw .notAnUpgrade }
        guard values("sec-websocket-version").map(Self.trimmed) == ["13"] else { throw .unsupportedVersion }
        let keys = values("sec-websocket-key").map(Self.trimmed)
        guard keys.count == 1, let key = keys.first, Base64.decode(key)?.count == 16 else { throw .invalidKey }
        let offered = try tokens("sec-websocket-protocol")
        guard Set(offered).count == offered.count else { throw .malformedField("sec-websocket-protocol") }
        let chosen = offered.isEmpty ? nil : chooseSubprotocol(offered)
        return Agreement(
            accept: Self.accept(key: key), subprotocol: chosen.flatMap { offered.contains($0) ? $0 : nil }, deflate: try deflate(options))
    }

    /// The proof that the server has understood the key.
    static func accept(key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + acceptSuffix).utf8)))
    }

    private func deflate(_ options: WebSocketOptions) throws(WebSocketHandshakeError) -> DeflateAgreement? {
        guard let offers = ExtensionOffer.parse(values("sec-websocket-extensions")) else {
            throw .malformedField("sec-websocket-extensions")
        }
        return options.compression.flatMap { DeflateAgreement.choose(from: offers, options: $0) }
    }

    private func contains(_ element: String, in field: String) -> Bool {
        values(field).contains { value in
            value.split(separator: ",").contains { Self.trimmed($0).lowercased() == element }
        }
    }

    private func tokens(_ field: String) throws(WebSocketHandshakeError) -> [String] {
        guard let tokens = HeaderScanner.tokens(values(field)) else { throw .malformedField(field) }
        return tokens
    }

    private static func trimmed(_ value: some StringProtocol) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(value.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
