internal import Dialect
internal import HTTP
internal import Primitives
internal import Security
internal import WebSocket

/// The WebSocket of the API, at an address that it may share with another API (contracts/reileta.md 5.1).
struct SocketRoute: Sendable {
    /// What of a request says that it is one of this API (DESIGN section 8).
    static func isHinted(_ request: HTTPRequest) -> Bool {
        if request.headers[first: "user-agent"]?.hasPrefix("AVR") == true { return true }
        let query = request.query
        if ["authuser", "authserver", "integrityuser"].contains(where: { query[first: $0] != nil }) { return true }
        if request.headers.list("sec-websocket-protocol").contains("avr") { return true }
        // The bare token, which no other API knows, or one with the scheme of another server's people.
        guard let value = request.headers[first: "authorization"], !value.isEmpty else { return false }
        return !value.lowercased().hasPrefix("bearer ")
    }

    /// Whether a browser shows that somebody has logged in here. It sends the cookie with whatever a page of this server asks for: all other hints
    /// go before it.
    static func hasCookie(_ request: HTTPRequest) -> Bool {
        request.cookies.contains(Endpoints.cookie)
    }

    let gateway: ReiletaGateway

    @Sendable func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
        let hello = hello(of: request)
        if let reason = gateway.refusal(for: hello.network) {
            return refusal(Failure(.rateLimited, reason, retryAfter: 30), request)
        }
        var options = WebSocketOptions()
        options.messageLimit = ReiletaGateway.messageLimit
        let gateway = gateway
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(
                to: request, options: options, subprotocol: { $0.contains("avr") ? "avr" : nil },
                accept: { socket in
                    let transport = WebSocketTransport(socket: socket, gateway: gateway)
                    socket.handler = transport
                    transport.start(hello)
                })
        } catch {
            var response = refusal(Failure(.requestNotFound, "\(error)", otherStatus: error.status), request)
            for name in ["Sec-WebSocket-Version", "Upgrade", "Connection", "Allow"] {
                if let value = error.response.headers[first: name] { response.headers.set(name, value) }
            }
            return response
        }
    }

    /// What a request for a socket says of who asks.
    func hello(of request: HTTPRequest) -> SocketHello {
        let query = request.query
        let isForeign = query[first: "authserver"].map { !$0.isEmpty } ?? false
        var credential: SocketCredential?
        if query[first: "authuser"].map(\.isEmpty) ?? true, let token = RequestCallers.integrityToken(of: request) {
            credential = .integrity(token)
        } else if !isForeign || query[first: "authuser"] != nil {
            credential = Endpoints.token(of: request).map { .token($0) }
        }
        return SocketHello(credential: credential, hasForeignToken: isForeign, network: gateway.endpoints.network(of: request))
    }

    private func refusal(_ failure: Failure, _ request: HTTPRequest) -> HTTPResponse {
        AnswerEnvelope.failure(failure, request.target, at: gateway.now)
    }
}
