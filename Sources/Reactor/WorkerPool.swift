internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Why a worker pool did not take work.
public enum WorkerPoolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `limit` pieces of work were waiting already.
    case queueFull(pool: String, limit: Int)
    /// The pool has been stopped.
    case stopped(pool: String)

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .queueFull(let pool, let limit): "The \(pool) workers have \(limit) waiting requests already."
        case .stopped(let pool): "The \(pool) workers have stopped."
        }
    }
}

/// Threads for work that blocks: files, password hashing, long reads. The waiting task goes on where it was, on its loop.
///
/// One thread is there from the beginning; the others are started when work would wait for one, and stay.
public final class WorkerPool: Sendable {
    /// Work, which gives back what tells of its end.
    private typealias Work = @Sendable () -> (() -> Void)?

    private struct Queue {
        /// What has been taken is nil: whoever keeps work keeps what it works on.
        var work: [Work?] = []
        var head = 0
        var isStopped = false
        var threads: [SystemThread] = []
        /// Threads that wait for work, or for which it waits already.
        var idle = 0

        var count: Int { work.count - head }

        mutating func take() -> Work? {
            guard head < work.count else { return nil }
            let next = work[head]
            work[head] = nil
            head += 1
            if head == work.count || head > 64 && head * 2 > work.count {
                work.removeFirst(head)
                head = 0
            }
            idle -= 1
            return next
        }
    }

    private let name: String
    private let threadLimit: Int
    private let queueLimit: Int
    private let queue = Mutex(Queue())
    private let available: Semaphore

    /// - Parameters:
    ///   - threads: so many at most.
    ///   - queueLimit: work that may wait; more is refused with `WorkerPoolError.queueFull`.
    public init(name: String, threads: Int, queueLimit: Int) {
        self.name = name
        threadLimit = max(1, threads)
        self.queueLimit = queueLimit
        available = Semaphore()
        let first = SystemThread(name: "\(name)-0") { [self] in work() }
        queue.withLock { queue in
            queue.threads = [first]
            queue.idle = 1
        }
    }

    /// Runs `work` on one of the threads.
    /// - Throws: what `work` throws, or `WorkerPoolError`.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        // A result that is there before it is waited for is handed over inside the runtime.
        let finished = ThreadOrder()
        defer { finished.pass() }
        return try await withCheckedThrowingContinuation { continuation in
            do {
                try enqueue {
                    let result = Result { try work() }
                    return {
                        finished.pass()
                        continuation.resume(with: result)
                    }
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs `work` on one of the threads, without anybody waiting for it.
    ///
    /// - Returns: whether it was taken.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        do {
            try enqueue {
                work()
                return nil
            }
            return true
        } catch {
            return false
        }
    }

    private func enqueue(_ work: @escaping Work) throws(WorkerPoolError) {
        try queue.withLock { queue throws(WorkerPoolError) in
            if queue.isStopped { throw .stopped(pool: name) }
            if queue.count >= queueLimit { throw .queueFull(pool: name, limit: queueLimit) }
            queue.work.append(work)
            guard queue.count > queue.idle, queue.threads.count < threadLimit else { return }
            // Inside the lock, since `stop` has to know every thread; it happens a few times in the life of a pool. Where the system gives no more
            // threads, the work waits for those that are there.
            if let thread = SystemThread(ifPossible: "\(name)-\(queue.threads.count)", { [self] in self.work() }) {
                queue.threads.append(thread)
                queue.idle += 1
            }
        }
        available.signal()
    }

    /// Takes no more work and ends the threads after what they have, without waiting for them: for work that nobody can hurry.
    public func abandon() {
        let threads = queue.withLock { queue in
            queue.isStopped = true
            queue.work = []
            queue.head = 0
            defer { queue.threads = [] }
            return queue.threads
        }
        for _ in threads { available.signal() }
        for thread in threads { thread.detach() }
    }

    /// Finishes what is waiting, then ends the threads. Not from one of them.
    public func stop() {
        let threads = queue.withLock { queue in
            queue.isStopped = true
            let threads = queue.threads
            queue.threads = []
            return threads
        }
        for _ in threads { available.signal() }
        for thread in threads { thread.join() }
    }

    private func work() {
        while true {
            available.wait()
            let (next, isStopped) = queue.withLock { ($0.take(), $0.isStopped) }
            if let next {
                let end = next()
                // Before its end is told: whoever goes on then with more finds this thread ready.
                queue.withLock { $0.idle += 1 }
                end?()
            } else if isStopped {
                return
            }
        }
    }
}
