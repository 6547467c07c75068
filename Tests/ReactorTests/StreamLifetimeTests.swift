import Primitives
import Reactor
import TestSupport
import Testing

/// A stream lives as long as its handle, and no longer.
@Suite(.timeLimit(.minutes(1))) struct StreamLifetimeTests {
    private final class WeakStream: Sendable {
        /// Unchecked because a weak reference may be read on any thread; it is written once, before the others know it.
        nonisolated(unsafe) weak var stream: TCPStream?

        init(_ stream: TCPStream) { self.stream = stream }
    }

    private final class Handler: StreamHandler {
        let stream: TCPStream

        init(_ stream: TCPStream) { self.stream = stream }

        func received(_ bytes: UnsafeRawBufferPointer) {}
        func drained() {}
        func inputEnded() { stream.closeAfterFlush() }
        func closed(_ reason: StreamCloseReason) {}
    }

    /// What happens to a stream between its beginning and the stop of its loop.
    enum Ending: CaseIterable {
        case peerLeaves
        case closedWhileBytesAreInFlight
        case stillOpenAtTheStop
    }

    @Test(arguments: Ending.allCases) func nothingIsLeftOfAStream(_ ending: Ending) async throws {
        let group = EventLoopGroup(count: 1)
        let accepted = Mutex<[WeakStream]>([])
        let listener = try await Listener.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group) { stream in
            stream.outputLimit = .max
            stream.handler = Handler(stream)
            stream.resumeReading()
            if ending == .closedWhileBytesAreInFlight {
                stream.write([UInt8](repeating: 1, count: 32 << 20))
                // After the flush of this tick, which the socket cannot take whole.
                stream.loop.schedule(after: .milliseconds(20)) { [weak stream] in stream?.close() }
            }
            accepted.withLock { $0.append(WeakStream(stream)) }
        }
        var client: BlockingSocket? = try BlockingSocket(port: listener.address.port, receiveBuffer: 4_096)
        while accepted.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        if ending == .peerLeaves { client = nil }
        if ending != .stillOpenAtTheStop {
            while accepted.withLock({ $0.contains { $0.stream != nil } }) { try await Task.sleep(for: .milliseconds(5)) }
        }
        // Twice: the second one finds the handle gone.
        await listener.stop()
        await listener.stop()
        await Task.detached { group.stop() }.value
        #expect(accepted.withLock { $0.count == 1 && $0.allSatisfy { $0.stream == nil } })
        _ = client
    }
}
