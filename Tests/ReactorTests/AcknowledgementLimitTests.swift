import Primitives
import Reactor
import TestSupport
import Testing

// Only here can a test make a peer that acknowledges nothing without taking a network apart: the system counts one whose window stays shut.
#if os(Linux)
    @Suite(.timeLimit(.minutes(1))) struct AcknowledgementLimitTests {
        private final class Handler: StreamHandler {
            let onClose: @Sendable (StreamCloseReason) -> Void

            init(onClose: @escaping @Sendable (StreamCloseReason) -> Void) { self.onClose = onClose }

            func received(_ bytes: UnsafeRawBufferPointer) {}
            func drained() {}
            func inputEnded() {}
            func closed(_ reason: StreamCloseReason) { onClose(reason) }
        }

        /// The system has taken everything that was written, so that only the system can tell that the peer is gone.
        @Test func aPeerThatAcknowledgesNothingIsGivenUp() async throws {
            let group = EventLoopGroup(count: 1)
            let reason = Mutex<StreamCloseReason?>(nil)
            let left = Mutex<Int?>(nil)
            let listener = try await Listener.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group) { stream in
                stream.setAcknowledgementLimit(.milliseconds(1_000))
                stream.handler = Handler { end in reason.withLock { $0 = end } }
                stream.resumeReading()
                stream.write([UInt8](repeating: 1, count: 32_768))
                stream.loop.schedule(after: .milliseconds(100)) { [weak stream] in left.withLock { $0 = stream?.queuedBytes } }
            }
            let client = try BlockingSocket(port: listener.address.port, receiveBuffer: 4_096)
            let start = ContinuousClock.now
            while reason.withLock({ $0 }) == nil, ContinuousClock.now - start < .seconds(20) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(left.withLock { $0 } == 0)
            #expect(reason.withLock { $0 } == .failed("ETIMEDOUT"))
            withExtendedLifetime(client) {}
            await Task.detached { group.stop() }.value
        }
    }
#endif
