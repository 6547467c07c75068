internal import Primitives
internal import Reactor

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
        var follower: EventFollower?
        var looks = false

        mutating func take() -> Turn {
            let turn = Turn(jobs: Array(jobs.prefix(GroupWriter.groupLimit)), follower: follower, looks: looks, isLast: isClosed)
            jobs.removeFirst(turn.jobs.count)
            follower = nil
            looks = false
            return turn
        }
    }

    /// What the thread does next.
    private struct Turn {
        var jobs: [WriteJob]
        /// Set once, when there is somebody new to be told.
        var follower: EventFollower?
        var looks: Bool
        var isLast: Bool

        var isEmpty: Bool { jobs.isEmpty && follower == nil && !looks }
    }

    private let queue = Mutex(Queue())
    private let available = Semaphore()
    private let finished = Semaphore()
    private let clock: WallClock

    /// Starts the thread. It opens its connection with `connect`, again after each failure of the connection.
    init(clock: @escaping WallClock, node: Int, commits: CommitCounter, connect: @escaping @Sendable () throws -> any SQLConnection) {
        self.clock = clock
        _ = SystemThread(name: "database-writer") { [self] in
            var session = WriterSession(ids: IDGenerator(node: node), clock: clock, commits: commits, connect: connect)
            while let turn = take() {
                if let follower = turn.follower { session.follow(follower) }
                if !turn.jobs.isEmpty { session.run(turn.jobs) }
                if turn.looks { session.look() }
            }
            session.close()
            finished.signal()
        }
    }

    /// Tells `follower` of all events that are committed from now on.
    func follow(_ follower: EventFollower) {
        queue.withLock { $0.follower = follower }
        available.signal()
    }

    /// Has the follower told of what other processes have committed, soon.
    func look() {
        queue.withLock { $0.looks = true }
        available.signal()
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
    private func take() -> Turn? {
        while true {
            let turn = queue.withLock { $0.take() }
            if !turn.isEmpty { return turn }
            if turn.isLast { return nil }
            available.wait()
        }
    }
}
