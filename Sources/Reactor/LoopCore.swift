internal import CLibuv

/// What a loop closes when it stops: streams, listening sockets, signal watchers. Its handle holds it until then.
protocol LoopResource: AnyObject {
    func shutDown()
}

/// The part of a loop that only its own thread touches.
final class LoopCore {
    /// Work that arrived for this loop.
    enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// Rounds of newly enqueued jobs run per tick before sockets get their turn again.
    private static let roundsPerTick = 64
    private static let readBufferSize = 64 * 1024

    let uv: UnsafeMutablePointer<uv_loop_t>
    let wakeUp: UnsafeMutablePointer<uv_async_t>
    /// The one read buffer that all streams of the loop share: a stream hands bytes on before the next one reads.
    let readBuffer: UnsafeMutableRawBufferPointer
    /// Streams whose output waits for the end of the tick.
    var dirty: [TCPStream] = []
    /// Streams whose peer takes no more bytes for now, looked at once a second.
    var blocked: [ObjectIdentifier: TCPStream] = [:]
    var jobs: [Work] = []
    /// What ends with the tick.
    var endings: [() -> Void] = []
    var timers = TimerQueue()
    private let prepare: UnsafeMutablePointer<uv_prepare_t>
    private let check: UnsafeMutablePointer<uv_check_t>
    private let timer: UnsafeMutablePointer<uv_timer_t>
    private var armedDeadline: MonotonicInstant?
    private var sweepIsScheduled = false
    unowned let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
        uv = .allocate(capacity: 1)
        wakeUp = .allocate(capacity: 1)
        prepare = .allocate(capacity: 1)
        check = .allocate(capacity: 1)
        timer = .allocate(capacity: 1)
        readBuffer = .allocate(byteCount: Self.readBufferSize, alignment: 64)
        // These fail only when the process is out of descriptors or memory before it has begun: nothing could go on.
        precondition(uv_loop_init(uv) == 0, "The event loop could not be made (out of file descriptors?).")
        uv.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        precondition(uv_async_init(uv, wakeUp, onWakeUp) == 0, "The event loop's wake-up could not be made.")
        uv_prepare_init(uv, prepare)
        uv_check_init(uv, check)
        uv_timer_init(uv, timer)
        uv_prepare_start(prepare, onPrepare)
        uv_check_start(check, onCheck)
    }

    /// Frees what the loop held. Called by its thread after the loop has ended.
    func free() {
        uv_loop_close(uv)
        uv.deallocate()
        wakeUp.deallocate()
        prepare.deallocate()
        check.deallocate()
        timer.deallocate()
        readBuffer.deallocate()
    }

    var now: MonotonicInstant { MonotonicInstant(nanoseconds: uv_now(uv) &* 1_000_000) }

    /// Runs until `stop`.
    func run() {
        uv_run(uv, UV_RUN_DEFAULT)
    }

    /// Closes everything, so that `run` returns when the last handle is gone.
    func stop() {
        uv_walk(uv, shutDownResource, nil)
        for handle in [rawHandle(wakeUp), rawHandle(prepare), rawHandle(check), rawHandle(timer)] where uv_is_closing(handle) == 0 {
            uv_close(handle, nil)
        }
    }

    // MARK: One tick

    /// Runs what is due for this loop, then sends every stream's output once.
    func finishTick() {
        var rounds = 0
        while !jobs.isEmpty, rounds < Self.roundsPerTick {
            let batch = jobs
            jobs = []
            for work in batch { run(work) }
            rounds += 1
        }
        flushDirtyStreams()
        if !endings.isEmpty {
            let due = endings
            endings.removeAll(keepingCapacity: true)
            for end in due { end() }
        }
        // Also those that the flush has woken.
        if !jobs.isEmpty { uv_async_send(wakeUp) }
        armTimer()
    }

    private func run(_ work: Work) {
        switch work {
        case .job(let job):
            job.runSynchronously(isolatedTo: loop.asUnownedSerialExecutor(), taskExecutor: loop.asUnownedTaskExecutor())
        case .closure(let closure):
            closure()
        }
    }

    private func flushDirtyStreams() {
        while !dirty.isEmpty {
            let streams = dirty
            dirty.removeAll(keepingCapacity: true)
            for stream in streams { stream.flush() }
        }
    }

    // MARK: Timers

    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerToken {
        timers.schedule(at: now + delay, work)
    }

    private func armTimer() {
        guard let deadline = timers.nextDeadline else {
            if armedDeadline != nil { uv_timer_stop(timer) }
            armedDeadline = nil
            return
        }
        guard deadline != armedDeadline, uv_is_closing(rawHandle(timer)) == 0 else { return }
        armedDeadline = deadline
        let milliseconds = ((deadline - now).wholeNanoseconds + 999_999) / 1_000_000
        uv_timer_start(timer, onTimer, milliseconds, 0)
    }

    fileprivate func runDueTimers() {
        armedDeadline = nil
        // What this work schedules without delay waits for the next tick: first the sockets get their turn.
        let newest = timers.newest
        while let work = timers.takeDue(at: now, upTo: newest) { work() }
    }

    // MARK: Blocked streams

    /// Watches a stream whose peer does not read, once a second until it does.
    func watchBlocked(_ stream: TCPStream) {
        blocked[ObjectIdentifier(stream)] = stream
        guard !sweepIsScheduled else { return }
        sweepIsScheduled = true
        _ = schedule(after: .seconds(1)) { [unowned self] in sweepBlocked() }
    }

    private func sweepBlocked() {
        sweepIsScheduled = false
        for stream in Array(blocked.values) { stream.checkProgress() }
        guard !blocked.isEmpty, !sweepIsScheduled else { return }
        sweepIsScheduled = true
        _ = schedule(after: .seconds(1)) { [unowned self] in sweepBlocked() }
    }
}

/// A libuv handle as the base type that libuv's generic functions take.
func rawHandle<Handle>(_ handle: UnsafeMutablePointer<Handle>) -> UnsafeMutablePointer<uv_handle_t> {
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
}

/// Lets a handle hold its resource. Given back with `release`.
func hold<Handle>(_ resource: any LoopResource, by handle: UnsafeMutablePointer<Handle>) {
    rawHandle(handle).pointee.data = Unmanaged<AnyObject>.passRetained(resource).toOpaque()
}

/// Ends what `hold` began.
func release<Handle>(by handle: UnsafeMutablePointer<Handle>) {
    guard let data = rawHandle(handle).pointee.data else { return }
    rawHandle(handle).pointee.data = nil
    Unmanaged<AnyObject>.fromOpaque(data).release()
}

private func shutDownResource(_ handle: UnsafeMutablePointer<uv_handle_t>?, _: UnsafeMutableRawPointer?) {
    // Only these types hold a resource; the loop's own handles are closed after them.
    guard let handle, handle.pointee.type == UV_TCP || handle.pointee.type == UV_SIGNAL, let data = handle.pointee.data else { return }
    (Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue() as? any LoopResource)?.shutDown()
}

private func core<Handle>(of handle: UnsafeMutablePointer<Handle>?) -> LoopCore? {
    guard let handle, let data = rawHandle(handle).pointee.loop?.pointee.data else { return nil }
    return Unmanaged<LoopCore>.fromOpaque(data).takeUnretainedValue()
}

private func onWakeUp(_ handle: UnsafeMutablePointer<uv_async_t>?) {
    guard let core = core(of: handle) else { return }
    core.loop.takeInbox(into: core)
}

private func onPrepare(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
    core(of: handle)?.finishTick()
}

private func onCheck(_ handle: UnsafeMutablePointer<uv_check_t>?) {
    core(of: handle)?.finishTick()
}

private func onTimer(_ handle: UnsafeMutablePointer<uv_timer_t>?) {
    core(of: handle)?.runDueTimers()
}
