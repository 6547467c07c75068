internal import Primitives
internal import Reactor
internal import Synchronization

/// A transaction that waits for its turn.
struct WriteJob: Sendable {
    /// Runs the body; what it gives back resumes the caller after the commit.
    let run: @Sendable (Transaction) throws -> @Sendable () -> Void
    /// Tells the caller that nothing was written.
    let fail: @Sendable (any Error) -> Void
}

/// Runs transactions in groups on a thread of its own (DESIGN section 5, "Writes are grouped").
///
/// The writer takes whatever waits, runs each transaction in a savepoint, and commits once: the callers share one fsync. A transaction that throws
/// is taken back alone.
final class GroupWriter: Sendable {
    /// Transactions that may wait.
    static let queueLimit = 65_536
    /// Transactions that share a commit, at most: bounds how long the first of them waits.
    static let groupLimit = 512

    private struct Queue {
        var jobs: [WriteJob] = []
        var isClosed = false
        var publisher: (@Sendable ([Event]) -> Void)?
    }

    private let queue = Mutex(Queue())
    private let available = Semaphore()
    private let finished = Semaphore()
    private let clock: WallClock

    /// Starts the thread. It opens its connection with `connect`, again after each failure of the connection.
    init(clock: @escaping WallClock, node: Int, connect: @escaping @Sendable () throws -> any SQLConnection) {
        self.clock = clock
        _ = SystemThread(name: "database-writer") { [self] in
            var session = WriterSession(ids: IDGenerator(node: node), clock: clock, connect: connect)
            while let jobs = take() {
                session.run(jobs, publisher: queue.withLock { $0.publisher })
            }
            session.close()
            finished.signal()
        }
    }

    /// Called with the events of each group, after its commit and before its callers go on.
    func publish(to publisher: @escaping @Sendable ([Event]) -> Void) {
        queue.withLock { $0.publisher = publisher }
    }

    func submit(_ job: WriteJob) {
        var wasEmpty = false
        let refusal: DatabaseError? = queue.withLock { queue in
            if queue.isClosed { return .closed }
            if queue.jobs.count >= Self.queueLimit { return .queueFull(limit: Self.queueLimit) }
            wasEmpty = queue.jobs.isEmpty
            queue.jobs.append(job)
            return nil
        }
        if let refusal { job.fail(refusal) }
        // The thread takes everything there is, so one signal serves all that follow until then.
        if wasEmpty { available.signal() }
    }

    /// Finishes what waits and ends the thread. Blocks: not on a loop.
    func close() {
        let wasOpen = queue.withLock { queue in
            let wasOpen = !queue.isClosed
            queue.isClosed = true
            return wasOpen
        }
        guard wasOpen else { return }
        available.signal()
        finished.wait()
    }

    /// Waits for work; nil when there will be none.
    private func take() -> [WriteJob]? {
        while true {
            let (jobs, isClosed) = queue.withLock { queue -> ([WriteJob], Bool) in
                let jobs = Array(queue.jobs.prefix(Self.groupLimit))
                queue.jobs.removeFirst(jobs.count)
                return (jobs, queue.isClosed)
            }
            if !jobs.isEmpty { return jobs }
            if isClosed { return nil }
            available.wait()
        }
    }
}
