internal import CLibuv
internal import CPlatform
internal import Primitives

/// The loop has been stopped and does nothing more.
public struct EventLoopStopped: Error, Sendable {}

/// One thread that runs sockets, timers and Swift jobs (DESIGN section 3).
///
/// A loop is an executor: a task started with it as preference, or an actor that names it as its `unownedExecutor`, runs on the loop's
/// thread, so that code which owns a connection awaits without leaving the thread. One tick runs what libuv has, then the Swift jobs, then
/// writes every changed connection once. Nothing on a loop may block.
public final class EventLoop: SerialExecutor, TaskExecutor {
    private struct Inbox {
        var work: [LoopCore.Work] = []
        var isClosed = false
    }

    /// The loop's number in its group, from 0.
    public let index: Int

    private let inbox = Mutex(Inbox())
    /// Unchecked because it is made in `init`, then touched by the loop's thread only: every access checks that, or runs in a callback of it.
    private nonisolated(unsafe) var coreStorage: LoopCore?

    init(index: Int) {
        self.index = index
        coreStorage = LoopCore(loop: self)
    }

    /// The loop that owns the calling thread, nil on any other thread.
    public static var current: EventLoop? {
        roost_current_loop().map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool {
        roost_current_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    /// Stops the process when the caller is not on this loop: going on would be a data race.
    public func preconditionIsCurrent() {
        precondition(isCurrent, "Used outside its event loop.")
    }

    var core: LoopCore {
        preconditionIsCurrent()
        guard let coreStorage else { preconditionFailure("Used after its event loop has ended.") }
        return coreStorage
    }

    /// The time at the start of this tick, in steps of a millisecond. On the loop only.
    public var now: MonotonicInstant { core.now }

    /// Runs `work` on the loop, after what any thread handed over before it. From any thread; after the loop has stopped it does nothing.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        post(.closure(work))
    }

    /// Runs `work` on the loop and returns its result.
    ///
    /// - Throws: what `work` throws, or `EventLoopStopped`.
    public func submit<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        // A result that is there before it is waited for is handed over inside the runtime.
        let finished = ThreadOrder()
        defer { finished.pass() }
        return try await withCheckedThrowingContinuation { continuation in
            let isTaken = post(
                .closure {
                    let result = Result { try work() }
                    finished.pass()
                    continuation.resume(with: result)
                })
            if !isTaken { continuation.resume(throwing: EventLoopStopped()) }
        }
    }

    /// Starts `operation` at once on the calling loop thread; after each suspension it goes on here. On the loop only.
    @discardableResult
    public func start(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        preconditionIsCurrent()
        return Task.immediate(executorPreference: self) { await operation() }
    }

    /// Runs `work` once this tick has served all that was due, before the loop waits for more. On the loop only.
    public func atEndOfTick(_ work: @escaping () -> Void) {
        preconditionIsCurrent()
        core.endings.append(work)
    }

    /// Runs `work` on this loop after `delay`. On the loop only.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerToken {
        core.schedule(after: delay, work)
    }

    /// Cancels scheduled work; nothing happens when it has run already. On the loop only.
    public func cancel(_ token: TimerToken) {
        core.timers.cancel(token)
    }

    /// Suspends the calling task for `duration`; meanwhile the loop does other things. On the loop only.
    public func sleep(for duration: Duration) async {
        // Not a checked one: a loop that is stopped forgets its timers, and with them the tasks that sleep.
        await withUnsafeContinuation { continuation in
            _ = schedule(after: duration) { continuation.resume() }
        }
    }

    // MARK: Hand-over between threads

    /// - Returns: false when the loop has stopped: the work will not be done.
    @discardableResult
    private func post(_ work: LoopCore.Work) -> Bool {
        if isCurrent, let coreStorage {
            // What other threads have handed over before comes first. Jobs of the runtime have no order to keep, and are many.
            if case .closure = work { takeInbox(into: coreStorage) }
            coreStorage.jobs.append(work)
            return true
        }
        return inbox.withLock { inbox in
            guard !inbox.isClosed, let coreStorage else { return false }
            let wasEmpty = inbox.work.isEmpty
            inbox.work.append(work)
            // One wake-up for however much arrives until the loop looks. Inside the lock, so that the handle cannot be closed meanwhile.
            if wasEmpty { uv_async_send(coreStorage.wakeUp) }
            return true
        }
    }

    func takeInbox(into core: LoopCore) {
        let arrived = inbox.withLock { inbox in
            let work = inbox.work
            inbox.work = []
            return work
        }
        core.jobs.append(contentsOf: arrived)
    }

    // MARK: Life

    /// The body of the loop's thread.
    func runOnThisThread() {
        roost_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        core.run()
        core.free()
        coreStorage = nil
        roost_set_current_loop(nil)
    }

    /// Closes everything and ends the thread. From any thread.
    func stop() {
        execute { [self] in
            inbox.withLock { $0.isClosed = true }
            // What was taken until now is still done.
            takeInbox(into: core)
            core.stop()
        }
    }
}

extension EventLoop {
    /// Takes a job from the concurrency runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        post(.job(UnownedJob(job)))
    }

    /// This loop as the executor of an actor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// This loop as the preferred executor of a task.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Stops the process unless the caller runs on the loop.
    public func checkIsolated() {
        preconditionIsCurrent()
    }

    /// Tells the runtime whether the caller runs on the loop.
    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }
}
