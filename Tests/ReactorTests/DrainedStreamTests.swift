import Primitives
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private final class Handler: StreamHandler {
    let events: Events
    init(_ events: Events) { self.events = events }
    func received(_ bytes: UnsafeRawBufferPointer) {}
    func drained() { events.state.withLock { $0.drained += 1 } }
    func inputEnded() {}
    func closed(_ reason: StreamCloseReason) { events.state.withLock { $0.reason = reason } }
}
private final class Events: Sendable {
    struct State { var drained = 0; var reason: StreamCloseReason? }
    let state = Mutex(State())
}

/// What was queued behind a held-up write leaves with the next flush: the stream is drained then, and no slow reader any more.
@Test func aStreamThatHasCaughtUpIsNotCutOff() async throws {
    let group = EventLoopGroup(count: 1)
    let events = Events()
    let listener = try await Listener.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group) { stream in
        stream.outputLimit = .max
        stream.stallLimit = .milliseconds(500)
        stream.handler = Handler(events)
        stream.write([UInt8](repeating: 1, count: 8 << 20))
        stream.loop.schedule(after: .milliseconds(20)) { stream.write([2]) }
    }
    let port = listener.address.port
    let pool = WorkerPool(name: "client", threads: 1, queueLimit: 1)
    let got = try await pool.run {
        let client = try BlockingSocket(port: port, receiveBuffer: 4_096)
        usleep(100_000)
        let got = client.receive(8 << 20 + 1).count
        usleep(3_500_000)
        return got
    }
    #expect(got == 8 << 20 + 1)
    events.state.withLock { state in
        #expect(state.drained == 1)
        #expect(state.reason == nil || state.reason == .peer)
    }
    await Task.detached {
        pool.stop(); group.stop()
    }.value
}
