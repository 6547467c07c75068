public import HTTP
internal import JSON
internal import Primitives
public import Reileta
internal import Security
internal import WebSocket

/// A small Socket.IO 4 server (Engine.IO 4, WebSocket only) in front of the sockets of the Reileta API: the first clients speak nothing else
/// (contracts/reileta.md 5.1).
public struct SocketIOFront: Sendable {
    /// Where it stands.
    public static let prefix = "/socket.io"

    private let dialect: ReiletaDialect

    /// A front of the sockets of an API.
    public init(dialect: ReiletaDialect) {
        self.dialect = dialect
    }

    /// Adds its one route.
    public func mount(on router: inout RouteGroup) {
        router.group(Self.prefix) { group in
            group.use(CORSMiddleware(origins: .any, methods: [.get, .options], headers: []))
            for path in ["", "/"] { group.get(path, answer) }
        }
    }

    /// Why a request is refused, as Engine.IO numbers it.
    private enum Refusal: Int {
        case unknownTransport = 0
        case badRequest = 3
        case unsupportedVersion = 5

        var message: String {
            switch self {
            case .unknownTransport: "Transport unknown: only websocket is served."
            case .badRequest: "Bad request: this is no WebSocket handshake."
            case .unsupportedVersion: "Unsupported protocol version: only EIO=4 is served."
            }
        }

        var response: HTTPResponse {
            var json = JSONWriter()
            json.object { json in
                json.member("code", rawValue)
                json.member("message", message)
            }
            return .json(json.bytes, status: .badRequest)
        }
    }

    private static func tooManySockets(_ reason: String) -> HTTPResponse {
        var json = JSONWriter()
        json.object { $0.member("message", reason) }
        var response = HTTPResponse.json(json.bytes, status: .tooManyRequests)
        response.headers.set("Retry-After", "30")
        return response
    }

    @Sendable private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let query = request.query
        guard query[first: "EIO"] == "4" else { return Refusal.unsupportedVersion.response }
        guard query[first: "transport"] == "websocket" else { return Refusal.unknownTransport.response }
        let hello = dialect.hello(of: request)
        if let reason = dialect.gateway.refusal(for: hello.network) { return Self.tooManySockets(reason) }
        var options = WebSocketOptions()
        options.messageLimit = SocketIOPacket.payloadLimit
        let gateway = dialect.gateway
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(to: request, options: options) { socket in
                let transport = SocketIOTransport(socket: socket, gateway: gateway, hello: hello)
                socket.handler = transport
                transport.start()
            }
        } catch {
            var response = Refusal.badRequest.response
            response.status = error.status
            for name in ["Sec-WebSocket-Version", "Upgrade", "Connection", "Allow"] {
                if let value = error.response.headers[first: name] { response.headers.set(name, value) }
            }
            return response
        }
    }
}
