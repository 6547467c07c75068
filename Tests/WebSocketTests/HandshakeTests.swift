import HTTP
import Testing

@testable import WebSocket

@Suite struct HandshakeTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private static func agree(
        _ changes: [String: [String]?] = [:], method: String = "GET", isHTTP11: Bool = true, compression: WebSocketCompression? = nil,
        choose: ([String]) -> String? = { $0.first }
    ) throws(WebSocketHandshakeError) -> UpgradeRequest.Agreement {
        var fields: [String: [String]] = [
            "host": ["example.org"], "upgrade": ["websocket"], "connection": ["Upgrade"], "sec-websocket-key": [key],
            "sec-websocket-version": ["13"],
        ]
        for (name, values) in changes { fields[name] = values }
        var options = WebSocketOptions()
        options.compression = compression
        let request = UpgradeRequest(method: method, isHTTP11: isHTTP11) { fields[$0] ?? [] }
        return try request.agree(options: options, chooseSubprotocol: choose)
    }

    /// RFC 6455 section 1.3.
    @Test func theKeyOfTheRFCGetsItsAnswer() throws {
        #expect(try Self.agree() == UpgradeRequest.Agreement(accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", subprotocol: nil, deflate: nil))
    }

    /// RFC 3174 section 7.3, and the edges of the padding.
    @Test(arguments: [
        ("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ("a", 1_000, "291e9a6c66994949b57ba5e650361e98fc36b1ba"), ("a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        ("a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ])
    func sha1GivesTheKnownDigests(text: String, count: Int, digest: String) {
        let bytes = SHA1.digest(Array(String(repeating: text, count: count).utf8))
        #expect(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == digest)
    }

    @Test(arguments: [
        ["connection": ["keep-alive, Upgrade"]], ["connection": ["keep-alive", "UPGRADE"]], ["upgrade": ["h2c/1, WebSocket"]],
        ["sec-websocket-key": [" dGhlIHNhbXBsZSBub25jZQ== "]],
    ])
    func fieldsAreListsWithoutCase(changes: [String: [String]?]) throws {
        #expect(throws: Never.self) { try Self.agree(changes) }
    }

    /// RFC 6455 section 4.2.1.
    @Test(
        arguments: [
            (["host": nil], .missingHost), (["host": ["a", "b"]], .missingHost), (["upgrade": nil], .notAnUpgrade),
            (["upgrade": ["websockets"]], .notAnUpgrade), (["connection": ["keep-alive"]], .notAnUpgrade),
            (["connection": ["xupgrade"]], .notAnUpgrade), (["sec-websocket-version": ["8"]], .unsupportedVersion),
            (["sec-websocket-version": nil], .unsupportedVersion), (["sec-websocket-version": ["13", "8"]], .unsupportedVersion),
            (["sec-websocket-key": nil], .invalidKey), (["sec-websocket-key": ["c2hvcnQ="]], .invalidKey),
            (["sec-websocket-key": ["dGhlIHNhbXBsZSBub25jZQ"]], .invalidKey), (["sec-websocket-key": [key, key]], .invalidKey),
            (["sec-websocket-protocol": ["a b"]], .malformedField("sec-websocket-protocol")),
            (["sec-websocket-protocol": ["a, a"]], .malformedField("sec-websocket-protocol")),
            (["sec-websocket-extensions": ["x;"]], .malformedField("sec-websocket-extensions")),
            (["sec-websocket-extensions": ["x;a=\"b"]], .malformedField("sec-websocket-extensions")),
        ] as [([String: [String]?], WebSocketHandshakeError)])
    func aRequestThatIsNotOneIsRefused(changes: [String: [String]?], error: WebSocketHandshakeError) {
        #expect(throws: error) { try Self.agree(changes) }
    }

    @Test func onlyGETOverHTTP11IsTaken() {
        #expect(throws: WebSocketHandshakeError.methodNotAllowed) { try Self.agree(method: "POST") }
        #expect(throws: WebSocketHandshakeError.notHTTP11) { try Self.agree(isHTTP11: false) }
        #expect(WebSocketHandshakeError.methodNotAllowed.status.code == 405)
        #expect(WebSocketHandshakeError.unsupportedVersion.status.code == 426)
        #expect(WebSocketHandshakeError.invalidKey.status.code == 400)
        #expect(WebSocketHandshakeError.methodNotAllowed.response.headers[first: "allow"] == "GET")
    }

    /// RFC 6455 section 4.4: the answer names the version that is spoken here.
    @Test(arguments: [WebSocketHandshakeError.notAnUpgrade, .unsupportedVersion])
    func theAnswer426NamesTheVersion(error: WebSocketHandshakeError) {
        #expect(error.response.headers[first: "Sec-WebSocket-Version"] == "13")
        #expect(error.response.headers[first: "Upgrade"] == "websocket")
    }

    /// RFC 6455 section 4.2.2: one of those offered, or none.
    @Test func theSubprotocolIsOneOfThoseOffered() throws {
        let offer: [String: [String]?] = ["sec-websocket-protocol": ["avr, bearer", "x"]]
        #expect(try Self.agree(offer) { $0.contains("bearer") ? "bearer" : nil }.subprotocol == "bearer")
        #expect(try Self.agree(offer) { $0.last }.subprotocol == "x")
        #expect(try Self.agree(offer) { _ in nil }.subprotocol == nil)
        #expect(try Self.agree(offer) { _ in "other" }.subprotocol == nil)
        #expect(try Self.agree { _ in "never asked" }.subprotocol == nil)
    }

    private static let open: WebSocketCompression = {
        var options = WebSocketCompression()
        options.serverContextTakeover = true
        options.clientContextTakeover = true
        options.serverWindowBits = 15
        return options
    }()

    /// RFC 7692 sections 5 and 7.1: the answer to an offer; nil declines it.
    @Test(
        arguments: [
            ("permessage-deflate", "permessage-deflate"),
            ("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=15"),
            ("permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9"),
            ("permessage-deflate; client_max_window_bits=\"10\"", "permessage-deflate; client_max_window_bits=10"),
            ("permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
            ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
            ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
            (
                "Permessage-Deflate ; Server_No_Context_Takeover;server_max_window_bits=10",
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
            ),
            (
                "x-webkit-deflate-frame, permessage-deflate; unknown, permessage-deflate; client_max_window_bits",
                "permessage-deflate; client_max_window_bits=15"
            ),
            ("permessage-deflate; server_max_window_bits", nil), ("permessage-deflate; server_max_window_bits=8", nil),
            ("permessage-deflate; server_max_window_bits=16", nil), ("permessage-deflate; server_max_window_bits=09", nil),
            ("permessage-deflate; client_max_window_bits=7", nil), ("permessage-deflate; client_max_window_bits=+9", nil),
            ("permessage-deflate; server_no_context_takeover=1", nil),
            ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", nil), ("permessage-bzip2", nil), ("", nil),
        ] as [(String, String?)])
    func offersAreAnsweredOrDeclined(offer: String, answer: String?) throws {
        let fields = ["sec-websocket-extensions": [offer]]
        #expect(try Self.agree(fields, compression: Self.open).deflate?.headerValue == answer)
        #expect(try Self.agree(fields).deflate == nil)
    }

    /// The defaults keep nothing between messages, whatever the client offers.
    @Test func byDefaultNoContextIsTakenOver() throws {
        let fields = ["sec-websocket-extensions": ["permessage-deflate; client_max_window_bits; server_max_window_bits=15"]]
        #expect(
            try Self.agree(fields, compression: WebSocketCompression()).deflate?.headerValue
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=13; client_max_window_bits=15"
        )
    }
}
