internal import Dialect
internal import HTTP
internal import WebSocket

/// The WebSocket of the Chat API, `/api/ws` (contracts/chat.md 4).
struct GatewayRoute {
    let gateway: ChatGateway

    func mount(on router: inout RouteGroup) {
        router.get("/api/ws", upgrade)
    }

    @Sendable private func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
        let hello = Self.hello(of: request)
        let gateway = gateway
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(
                to: request, options: Self.options, subprotocol: { $0.first == "bearer" ? "bearer" : nil },
                accept: { socket in
                    let connection = GatewayConnection(socket: socket, gateway: gateway)
                    socket.handler = connection
                    connection.start(hello)
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
