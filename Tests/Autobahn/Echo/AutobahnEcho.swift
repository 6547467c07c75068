import HTTP
import Reactor
import WebSocket

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sends every WebSocket message back, by way of Roost's own server, upgrade and codec: the testee of `scripts/autobahn`.
///
/// Prints its address, and ends on SIGTERM.
@main
struct AutobahnEcho {
    static func main() async throws {
        let group = EventLoopGroup(count: 1)
        let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
        let watcher = try await SignalWatcher.watch([SIGTERM, SIGINT], on: group.next()) { _ in stop.yield() }
        var routes = RouteGroup()
        routes.get("/default") { echo($0, compression: WebSocketCompression()) }
        routes.get("/takeover") { echo($0, compression: takeover) }
        let server = try await HTTPServer.start(on: SocketAddress(host: "127.0.0.1", port: 0), group: group, router: Router(routes))
        print(server.address)
        // The reader waits for this line on a pipe, where nothing leaves before it is asked to.
        fflush(nil)
        for await _ in stopped { break }
        watcher.stop()
        await server.drain(deadline: .seconds(1))
    }

    /// What the defaults leave out: windows that outlive a message, at their largest, and short messages deflated as well.
    private static var takeover: WebSocketCompression {
        var compression = WebSocketCompression()
        compression.serverContextTakeover = true
        compression.clientContextTakeover = true
        compression.serverWindowBits = 15
        compression.minimumSize = 0
        return compression
    }

    private static func echo(_ request: HTTPRequest, compression: WebSocketCompression) -> HTTPResponse {
        var options = WebSocketOptions()
        options.messageLimit = 16 << 20
        // Several answers of the largest size may wait for a client that is still sending.
        options.outputLimit = 256 << 20
        options.compression = compression
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.response(to: request, options: options) { $0.handler = Echo(connection: $0) }
        } catch {
            return error.response
        }
    }
}

/// Sends text back as text, binary as binary.
private final class Echo: WebSocketHandler {
    /// Weak, because the connection keeps its handler.
    private weak var connection: WebSocketConnection?

    init(connection: WebSocketConnection) {
        self.connection = connection
    }

    func receivedText(_ bytes: [UInt8]) {
        connection?.sendText(bytes)
    }

    func receivedBinary(_ bytes: [UInt8]) {
        connection?.sendBinary(bytes)
    }

    func closed(code: WebSocketCloseCode?, clean: Bool) {}
}
