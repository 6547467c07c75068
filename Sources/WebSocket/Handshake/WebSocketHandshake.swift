public import HTTP
internal import Reactor

/// Turns an HTTP request into a WebSocket connection (RFC 6455 section 4.2).
public enum WebSocketHandshake {
    /// Checks the request and answers 101.
    ///
    /// The caller decides about Origin, credentials and rate limits before.
    /// - Parameters:
    ///   - options: limits, and whether compression is offered.
    ///   - subprotocol: chooses among those the client offers, in its order; nil for none.
    ///   - accept: gets the connection, on its loop, as soon as the answer is queued: sets its handler and may send. Messages arrive
    ///     when it has returned.
    /// - Throws: `WebSocketHandshakeError`, whose `response` is the answer unless the caller has its own shape for errors.
    public static func response(
        to request: HTTPRequest, options: WebSocketOptions = WebSocketOptions(), subprotocol: ([String]) -> String? = { _ in nil },
        accept: @escaping @Sendable (WebSocketConnection) -> Void
    ) throws(WebSocketHandshakeError) -> HTTPResponse {
        let upgrade = UpgradeRequest(method: request.method.rawValue, isHTTP11: request.minorVersion == 1, values: request.headers.all)
        let agreement = try upgrade.agree(options: options, chooseSubprotocol: subprotocol)
        var headers = HTTPHeaders()
        headers.set("Upgrade", "websocket")
        headers.set("Connection", "Upgrade")
        headers.set("Sec-WebSocket-Accept", agreement.accept)
        if let subprotocol = agreement.subprotocol { headers.set("Sec-WebSocket-Protocol", subprotocol) }
        if let deflate = agreement.deflate { headers.set("Sec-WebSocket-Extensions", deflate.headerValue) }
        return HTTPResponse(
            status: .switchingProtocols, headers: headers,
            body: .upgrade { stream, received in
                let connection = WebSocketConnection(stream: stream, options: options, agreement: agreement)
                accept(connection)
                connection.start(received: received)
            })
    }
}

extension WebSocketConnection {
    /// A connection that speaks what the handshake has agreed on.
    convenience init(stream: TCPStream, options: WebSocketOptions, agreement: UpgradeRequest.Agreement) {
        let compression = options.compression ?? WebSocketCompression()
        self.init(
            stream: stream, options: options, inflater: agreement.deflate?.makeInflater(),
            deflater: agreement.deflate?.makeDeflater(compression))
    }
}

extension WebSocketHandshakeError {
    /// The status of the answer: 405, 426 or 400.
    public var status: HTTPStatus {
        switch self {
        case .methodNotAllowed: .methodNotAllowed
        case .notAnUpgrade, .unsupportedVersion: .upgradeRequired
        case .notHTTP11, .missingHost, .invalidKey, .malformedField: .badRequest
        }
    }

    /// The answer in plain text, with the fields that its status asks for.
    public var response: HTTPResponse {
        var response = HTTPResponse.text(description + "\n", status: status)
        switch status {
        case .methodNotAllowed:
            response.headers.set("Allow", "GET")
        case .upgradeRequired:
            // RFC 6455 section 4.4 and RFC 9110 section 15.5.22.
            response.headers.set("Sec-WebSocket-Version", "13")
            response.headers.set("Upgrade", "websocket")
            response.headers.set("Connection", "Upgrade")
        default:
            break
        }
        return response
    }
}
