import Primitives
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct TCPStreamTests {
    /// A server that gives every accepted stream to `attach`, and what it saw at the end of each.
    private final class Server: Sendable {
        let group: EventLoopGroup
        let listener: Listener

        init(loops: Int = 1, attach: @escaping @Sendable (TCPStream) -> Void) async throws {
            group = EventLoopGroup(count: loops)
            listener = try await Listener.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group, accept: attach)
        }

        func stop() async {
            await Task.detached { [group] in group.stop() }.value
        }
    }

    private final class Handler: StreamHandler {
        let stream: TCPStream
        var onBytes: (TCPStream, [UInt8]) -> Void = { _, _ in }
        var onEnd: (TCPStream) -> Void = { $0.closeAfterFlush() }
        let onClose: @Sendable (StreamCloseReason) -> Void

        init(_ stream: TCPStream, onClose: @escaping @Sendable (StreamCloseReason) -> Void = { _ in }) {
            self.stream = stream
            self.onClose = onClose
        }

        func received(_ bytes: UnsafeRawBufferPointer) { onBytes(stream, Array(bytes)) }
        func drained() {}
        func inputEnded() { onEnd(stream) }
        func closed(_ reason: StreamCloseReason) { onClose(reason) }
    }

    private static func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let pool = WorkerPool(name: "client", threads: 1, queueLimit: 1)
        defer { Task.detached { pool.stop() } }
        return try await pool.run(work)
    }

    @Test func whatIsSentComesBackWholeThenTheEndOfInputIsSeen() async throws {
        let server = try await Server(loops: 2) { stream in
            let handler = Handler(stream)
            handler.onBytes = { $0.write($1) }
            stream.handler = handler
            stream.resumeReading()
        }
        let port = server.listener.address.port
        let message = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for _ in 0..<8 {
            let echoed = try await Self.blocking {
                let client = try BlockingSocket(port: port)
                client.send(message)
                client.endOutput()
                return client.receive(1_000_000)
            }
            #expect(echoed == message)
        }
        await server.stop()
    }

    @Test func aLargeAnswerReachesASlowReaderWhole() async throws {
        let size = 20_000_000
        let server = try await Server { stream in
            stream.outputLimit = .max
            stream.handler = Handler(stream)
            stream.resumeReading()
            stream.write([UInt8](repeating: 7, count: size))
            stream.closeAfterFlush()
        }
        let port = server.listener.address.port
        let got = try await Self.blocking { try BlockingSocket(port: port).receive(size + 1).count }
        #expect(got == size)
        await server.stop()
    }

    /// DESIGN section 4: above the output limit the connection is cut.
    @Test func aReaderThatTakesNothingIsCutOffAtTheOutputLimit() async throws {
        let reason = Mutex<StreamCloseReason?>(nil)
        let server = try await Server { stream in
            stream.outputLimit = 1 << 20
            stream.handler = Handler(stream) { end in reason.withLock { $0 = end } }
            stream.resumeReading()
            for _ in 0..<64 { stream.write([UInt8](repeating: 1, count: 1 << 20)) }
        }
        let port = server.listener.address.port
        let got = try await Self.blocking {
            let client = try BlockingSocket(port: port, receiveBuffer: 4_096)
            while reason.withLock({ $0 }) == nil {}
            return client.receive(100 << 20).count
        }
        #expect(got < 64 << 20)
        #expect(reason.withLock { $0 } == .slowReader)
        await server.stop()
    }

    /// DESIGN section 4: so is one that makes no progress for the stall limit.
    @Test func aReaderThatStandsStillIsCutOffAtTheStallLimit() async throws {
        let reason = Mutex<StreamCloseReason?>(nil)
        let server = try await Server { stream in
            stream.outputLimit = .max
            stream.stallLimit = .milliseconds(500)
            stream.handler = Handler(stream) { end in reason.withLock { $0 = end } }
            stream.write([UInt8](repeating: 1, count: 64 << 20))
        }
        let port = server.listener.address.port
        try await Self.blocking {
            let client = try BlockingSocket(port: port, receiveBuffer: 4_096)
            while reason.withLock({ $0 }) == nil {}
            _ = client
        }
        #expect(reason.withLock { $0 } == .slowReader)
        await server.stop()
    }

    /// What the peer takes counts, not what the system hands on: that comes in steps of a third of its buffer, which may be megabytes. (The peer
    /// takes in steps too, of a sixteenth of its own.)
    @Test(arguments: [(bytes: 60_000, pause: UInt32(100_000), isCut: false), (bytes: 40, pause: UInt32(50_000), isCut: true)])
    func aReaderIsMeasuredByWhatItTakes(_ row: (bytes: Int, pause: UInt32, isCut: Bool)) async throws {
        let reason = Mutex<StreamCloseReason?>(nil)
        let server = try await Server { stream in
            stream.outputLimit = .max
            stream.stallLimit = .milliseconds(1_500)
            stream.handler = Handler(stream) { end in reason.withLock { $0 = end } }
            stream.write([UInt8](repeating: 1, count: 64 << 20))
        }
        let port = server.listener.address.port
        let isCut = try await Self.blocking {
            let client = try BlockingSocket(port: port, receiveBuffer: row.isCut ? 4_096 : nil)
            // A transfer that is fast at first lets the buffers of the system grow.
            if !row.isCut { _ = client.receive(16 << 20) }
            let start = ContinuousClock.now
            while reason.withLock({ $0 }) == nil, ContinuousClock.now - start < .seconds(6) {
                _ = client.receive(row.bytes)
                usleep(row.pause)
            }
            return reason.withLock { $0 } == .slowReader
        }
        #expect(isCut == row.isCut)
        await server.stop()
    }

    @Test func anAddressInUseIsRefusedByItsName() async throws {
        let server = try await Server { $0.close() }
        await #expect {
            let group = EventLoopGroup(count: 1)
            defer { Task.detached { group.stop() } }
            _ = try await Listener.listen(on: server.listener.address, group: group) { $0.close() }
        } throws: { error in
            (error as? Listener.Failure)?.name == "EADDRINUSE"
        }
        await server.stop()
    }

    @Test(arguments: ["127.0.0.1:80", "[::1]:8080", "0.0.0.0:0"])
    func addressesAreReadAndWrittenAlike(text: String) throws {
        #expect(try SocketAddress(text).description == text)
    }

    @Test(arguments: ["", "localhost:80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1", "1.2.3:4"])
    func whatIsNotANumericAddressIsRefused(text: String) {
        #expect(throws: SocketAddress.Invalid.self) { try SocketAddress(text) }
    }
}
