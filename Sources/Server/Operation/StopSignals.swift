internal import Reactor

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// SIGTERM and SIGINT, watched on a loop of their own so that they are heard whatever the server does.
final class StopSignals: Sendable {
    private let group = EventLoopGroup(count: 1)
    private let watcher: SignalWatcher
    private let arrived: AsyncStream<Void>

    init() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        arrived = stream
        watcher = try await SignalWatcher.watch([SIGTERM, SIGINT], on: group.next()) { _ in continuation.yield() }
    }

    /// Waits for the first signal.
    func wait() async {
        for await _ in arrived { return }
    }
}
