internal import JSON
internal import Primitives
internal import Reactor
internal import Reileta
internal import Security
internal import WebSocket

/// Messages as events of Socket.IO: everything goes through the event `local`, and `ping` has its own (contracts/reileta.md 5.1).
final class SocketIOTransport: SocketTransport, WebSocketHandler {
    /// Between two pings.
    private static let pingInterval = Duration.seconds(25)
    /// How long a client may take to answer one, and to come into the namespace.
    private static let pingTimeout = Duration.seconds(20)

    private let socket: WebSocketConnection
    private let gateway: ReiletaGateway
    private let hello: SocketHello
    private var client: ReiletaSocket?
    private var timer: TimerToken?

    init(socket: WebSocketConnection, gateway: ReiletaGateway, hello: SocketHello) {
        self.socket = socket
        self.gateway = gateway
        self.hello = hello
    }

    var loop: EventLoop { socket.loop }
    var isOpen: Bool { socket.isOpen }

    func start() {
        gateway.enter(from: hello.network)
        socket.sendText(SocketIOPacket.open(Self.newID()))
        expectPong()
    }

    func send(_ message: [UInt8]) {
        socket.sendText(SocketIOPacket.event("local", message))
    }

    func close(_ code: WebSocketCloseCode, _ reason: String) {
        socket.close(code: code, reason: reason)
    }

    /// Means nothing but that two connections have two.
    private static func newID() -> String {
        Base64URL.encode(SecureRandom.bytes(15))
    }

    // MARK: From the socket

    func receivedText(_ bytes: [UInt8]) {
        switch SocketIOPacket.read(bytes) {
        // Who has not come into the namespace gains no time.
        case .pong: if client != nil { schedulePing() }
        case .ping(let text): socket.sendText([UInt8(ascii: "3")] + text)
        case .connect(let namespace): connect(namespace)
        case .event(let name, let arguments, let acknowledgement): received(name, arguments, acknowledgement)
        case .close, .disconnect: socket.close(code: .normal)
        case .other: break
        case .brokenEvent: client?.receivedBroken("No event with JSON in it.")
        case .unreadable: socket.close(code: .protocolError, reason: "No packet of Engine.IO 4.")
        }
    }

    func receivedBinary(_ bytes: [UInt8]) {
        socket.close(code: .unsupportedData, reason: "Only text is taken.")
    }

    func closed(code: WebSocketCloseCode?, clean: Bool) {
        if let timer { loop.cancel(timer) }
        timer = nil
        client?.closed(isLeaving: code == .normal || code == .goingAway)
        client = nil
        gateway.leave(from: hello.network)
    }

    private func connect(_ namespace: String) {
        guard namespace.isEmpty else { return socket.sendText(SocketIOPacket.refused(namespace)) }
        guard client == nil else { return }
        socket.sendText(SocketIOPacket.connected(Self.newID()))
        client = gateway.connect(self, hello)
        schedulePing()
    }

    private func received(_ name: String, _ arguments: [[UInt8]], _ acknowledgement: [UInt8]) {
        // Who is in no namespace says nothing there.
        guard let client else { return socket.close(code: .protocolError, reason: "Connect to a namespace first.") }
        switch name {
        case "local":
            for argument in arguments.isEmpty ? [[]] : arguments { client.received(argument) }
        case "ping": answerPing(arguments.first)
        default: break
        }
        if !acknowledgement.isEmpty { socket.sendText(SocketIOPacket.acknowledged(acknowledgement)) }
    }

    /// The application's own ping: what the client calls the moment, and what the server does. One too many is not answered.
    private func answerPing(_ argument: [UInt8]?) {
        guard (try? gateway.countRequest(from: hello.network)) != nil else { return }
        let time = argument.flatMap { try? JSONValue.parse($0).object().optional("time") }
        var json = JSONWriter()
        json.object { json in
            if let time { json.member("client", raw: JSONWriter.bytes(of: time)) }
            json.member("server", gateway.milliseconds)
        }
        socket.sendText(SocketIOPacket.event("ping", json.bytes))
    }

    // MARK: Keeping alive

    private func schedulePing() {
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(after: Self.pingInterval) { [self] in
            guard socket.isOpen else { return }
            socket.sendText([UInt8(ascii: "2")])
            expectPong()
        }
    }

    private func expectPong() {
        timer = loop.schedule(after: Self.pingTimeout) { [self] in
            if socket.isOpen { socket.cut() }
        }
    }
}
