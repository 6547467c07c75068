import Primitives
import Reactor

@testable import WebSocket

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server that hands every connection to `attach`, and what its connections have seen.
final class EchoServer: Sendable {
    struct End: Equatable {
        var code: WebSocketCloseCode?
        var clean: Bool
    }

    struct Log {
        var messages: [[UInt8]] = []
        var drained = 0
        var ends: [End] = []
    }

    let log: SharedLog
    private let group = EventLoopGroup(count: 1)
    private let listener: Listener

    final class SharedLog: Sendable {
        let state = Mutex(Log())

        var messages: [[UInt8]] { state.withLock { $0.messages } }

        /// Waits until a connection has ended, at most ten seconds.
        func waitForEnd() -> End? {
            for _ in 0..<10_000 {
                if let end = state.withLock({ $0.ends.first }) { return end }
                usleep(1_000)
            }
            return nil
        }
    }

    /// - Parameter attach: called with each new connection before it is started.
    init(
        options: WebSocketOptions = WebSocketOptions(), inflates: Bool = false, received: [UInt8] = [],
        attach: @escaping @Sendable (WebSocketConnection, EchoHandler) -> Void = { _, _ in }
    ) async throws {
        let log = SharedLog()
        self.log = log
        listener = try await Listener.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group) { stream in
            let connection = WebSocketConnection(
                stream: stream, options: options,
                inflater: inflates ? Inflater(windowBits: 15, keepsContext: false) : nil,
                deflater: inflates ? Deflater(windowBits: 13, keepsContext: false, options: WebSocketCompression()) : nil)
            let handler = EchoHandler(connection, log)
            connection.handler = handler
            connection.start(received: received)
            attach(connection, handler)
        }
    }

    var port: Int { listener.address.port }

    /// Runs a client's blocking code beside the server, then stops the server.
    func serve<Value: Sendable>(_ client: @escaping @Sendable (EchoServer) throws -> Value) async throws -> Value {
        let pool = WorkerPool(name: "client", threads: 1, queueLimit: 1)
        let result = try await pool.run { [self] in try client(self) }
        await Task.detached { [group] in
            pool.stop()
            group.stop()
        }.value
        return result
    }
}

/// Sends every message back and writes down what happens.
final class EchoHandler: WebSocketHandler {
    let connection: WebSocketConnection
    let log: EchoServer.SharedLog
    /// Called instead of sending text back.
    var onText: ((WebSocketConnection, [UInt8]) -> Void)?

    init(_ connection: WebSocketConnection, _ log: EchoServer.SharedLog) {
        self.connection = connection
        self.log = log
    }

    func receivedText(_ bytes: [UInt8]) {
        log.state.withLock { $0.messages.append(bytes) }
        if let onText { onText(connection, bytes) } else { connection.sendText(bytes) }
    }

    func receivedBinary(_ bytes: [UInt8]) {
        log.state.withLock { $0.messages.append(bytes) }
        connection.sendBinary(bytes)
    }

    func receivedPong(_ payload: [UInt8]) {
        log.state.withLock { $0.messages.append([0xA] + payload) }
    }

    func drained() {
        log.state.withLock { $0.drained += 1 }
    }

    func closed(code: WebSocketCloseCode?, clean: Bool) {
        log.state.withLock { $0.ends.append(EchoServer.End(code: code, clean: clean)) }
    }
}
