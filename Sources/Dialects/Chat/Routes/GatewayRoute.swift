internal import Dialect
internal import HTTP
internal import WebSocket

/// The WebSocket of the Chat API, `/api/ws` (contracts/chat.md 4).
struct GatewayRoute {
    let gateway: ChatGateway

    /// - Parameter diversion: whom the first message may belong to instead, where nothing in the request says.
    func upgrade(_ request: HTTPRequest, _ diversion: SocketDiversion?) async throws -> HTTPResponse {
        let hello = Self.hello(of: request)
        let gateway = gateway
        var options = Self.options
        if let diversion { options.messageLimit = max(options.messageLimit, diversion.messageLimit) }
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(
                to: request, options: options, subprotocol: { $0.first == "bearer" ? "bearer" : nil },
                accept: { socket in
                    let connection = GatewayConnection(socket: socket, gateway: gateway)
                    socket.handler = connection
                    connection.start(hello, diversion: diversion)
                })
        } catch {
            return error.response
        }
    }

    /// Frames that are too large, and readers that are too slow, are told so in the codes of the contract (4.1, 4.5).
    private static let options: WebSocketOptions = {
        var options = WebSocketOptions()
        options.messageLimit = ClientFrame.byteLimit
        options.messageTooBigCode = ChatCloseCode.badFrame.webSocketCode
        options.slowReaderCloseCode = ChatCloseCode.unknownError.webSocketCode
        return options
    }()

    /// What of a request says that it is one of this API (DESIGN section 8).
    static func isHinted(_ request: HTTPRequest) -> Bool {
        if request.bearerToken != nil || request.headers.list("sec-websocket-protocol").first == "bearer" { return true }
        let query = request.query
        return ["token", "access_token", "v", "session_id", "ext"].contains { query[first: $0] != nil }
    }

    /// The token may come in a header, in the query or in the list of subprotocols, in this order (4.3).
    private static func hello(of request: HTTPRequest) -> GatewayConnection.Hello {
        var hello = GatewayConnection.Hello()
        hello.version = request.query[first: "v"]
        hello.wantsServerEvents = request.query[first: "ext"] == "1"
        hello.token = request.bearerToken ?? request.query[first: "token"] ?? request.query[first: "access_token"]
        if hello.token == nil {
            let offered = request.headers.list("sec-websocket-protocol")
            if offered.count >= 2, offered[0] == "bearer" { hello.token = offered[1] }
        }
        if let session = request.query[first: "session_id"], let sequence = request.query[first: "seq"].flatMap(ChatIdentifier.parse) {
            hello.resume = (session, sequence)
        }
        return hello
    }
}
