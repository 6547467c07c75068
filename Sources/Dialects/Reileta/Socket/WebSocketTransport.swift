internal import Reactor
internal import WebSocket

/// Messages as the text frames of a WebSocket (contracts/reileta.md 5.1).
final class WebSocketTransport: SocketTransport, WebSocketHandler {
    /// Between two pings.
    private static let pingInterval = Duration.seconds(25)
    /// How long a client may be silent after one.
    private static let silence = Duration.seconds(20)

    let socket: WebSocketConnection
    private let gateway: ReiletaGateway
    private var client: ReiletaSocket?
    private var network = ""
    private var timer: TimerToken?
    private var hasSpoken = false

    init(socket: WebSocketConnection, gateway: ReiletaGateway) {
        self.socket = socket
        self.gateway = gateway
    }

    var loop: EventLoop { socket.loop }
    var isOpen: Bool { socket.isOpen }

    /// Begins to serve.
    ///
    /// - Parameter first: a message that has come already.
    func start(_ hello: SocketHello, first: [UInt8]? = nil) {
        network = hello.network
        gateway.enter(from: hello.network)
        client = gateway.connect(self, hello)
        schedulePing()
        if let first { receivedText(first) }
    }

    func send(_ message: [UInt8]) {
        socket.sendText(message)
    }

    func close(_ code: WebSocketCloseCode, _ reason: String) {
        socket.close(code: code, reason: reason)
    }

    // MARK: From the socket

    func receivedText(_ bytes: [UInt8]) {
        hasSpoken = true
        guard bytes.count <= ReiletaGateway.messageLimit else { return socket.close(code: .messageTooBig) }
        client?.received(bytes)
    }

    func receivedBinary(_ bytes: [UInt8]) {
        hasSpoken = true
        client?.receivedBroken("Only text is taken.")
    }

    func receivedPong(_ payload: [UInt8]) {
        hasSpoken = true
    }

    func closed(code: WebSocketCloseCode?, clean: Bool) {
        if let timer { loop.cancel(timer) }
        timer = nil
        client?.closed(isLeaving: code == .normal || code == .goingAway)
        client = nil
        gateway.leave(from: network)
    }

    /// A client that says nothing after a ping is gone, whatever its connection says.
    private func schedulePing() {
        timer = loop.schedule(after: Self.pingInterval) { [self] in
            guard socket.isOpen else { return }
            hasSpoken = false
            socket.ping()
            timer = loop.schedule(after: Self.silence) { [self] in
                guard socket.isOpen else { return }
                guard hasSpoken else { return socket.cut() }
                schedulePing()
            }
        }
    }
}
