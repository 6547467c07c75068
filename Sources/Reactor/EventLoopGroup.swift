internal import CLibuv
internal import Primitives

internal import struct Synchronization.Atomic

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The loops of one process, each on its own thread.
public final class EventLoopGroup: Sendable {
    /// The loops, by index.
    public let loops: [EventLoop]

    /// As many loops as there are cores that this process may use.
    public static var defaultCount: Int { max(1, Int(uv_available_parallelism())) }

    private let threads: Mutex<[SystemThread]>
    private let turn = Atomic<Int>(0)

    /// Starts `count` loops (at least one).
    ///
    /// The process ignores SIGPIPE from here on: a peer that has gone is an error of its write, not the end of the server.
    public init(count: Int) {
        signal(SIGPIPE, SIG_IGN)
        let loops = (0..<max(1, count)).map { EventLoop(index: $0) }
        self.loops = loops
        threads = Mutex(loops.map { loop in SystemThread(name: "loop-\(loop.index)") { loop.runOnThisThread() } })
    }

    /// The loops in turn.
    public func next() -> EventLoop {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: number) % UInt(loops.count))]
    }

    /// Closes every connection at once, ends the loops and waits for their threads. Not from a loop's own thread.
    public func stop() {
        precondition(EventLoop.current == nil, "A loop cannot wait for its own end.")
        for loop in loops { loop.stop() }
        let threads = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for thread in threads { thread.join() }
    }
}
