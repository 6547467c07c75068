internal import HTTP
internal import WebSocket

/// The socket of those who want to hear when profiles change, `/socket/connect` (contracts/gale.md 10).
struct SocketRoute {
    /// Bytes of a frame of a client.
    private static let frameLimit = 4_096

    let endpoints: Endpoints
    let sockets: ProfileSockets

    func mount(on router: inout RouteGroup) {
        router.get("/connect", endpoints.open(upgrade))
    }

    @Sendable private func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
        var options = WebSocketOptions()
        options.messageLimit = Self.frameLimit
        let sockets = sockets
        let network = endpoints.network(of: request)
        if let reason = sockets.refusal(for: network) { throw Failure(.tooManyRequests, reason, retryAfter: 30) }
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(to: request, options: options) { socket in
                let connection = ProfileSocket(socket: socket, sockets: sockets, network: network)
                socket.handler = connection
                connection.start()
            }
        } catch {
            // In the shape of the API, with the fields that the status asks for.
            var response = Failure(error.status, "\(error)").response
            for name in ["Sec-WebSocket-Version", "Upgrade", "Connection", "Allow"] {
                if let value = error.response.headers[first: name] { response.headers.set(name, value) }
            }
            return response
        }
    }
}
