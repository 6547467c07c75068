internal import Reactor

/// One connection: takes requests off the stream, one at a time, and sends the answers in their order. Lives on its loop.
///
/// A little lies unparsed behind the request that is being served; beyond that the client is held back until that one is answered.
final class HTTPConnection: StreamHandler {
    enum Phase {
        /// Between requests, or in the middle of a head.
        case reading
        /// A handler works; its body may still be coming.
        case handling
        /// The answer is sent; the rest of a body that nobody wanted is thrown away.
        case discarding
        /// Nothing more is served; what is queued is being sent.
        case closing
    }

    /// Bytes behind the request being served after which nothing more is read; one read may go beyond it.
    static let backlogLimit = 16 * 1_024

    let stream: TCPStream
    let context: ServerContext
    let shared: LoopConnections
    let deadline: Deadline
    var parser: RequestParser
    var phase = Phase.reading
    /// The body of the request being served, until the client has sent all of it.
    var body: BodyStream?
    var current: Exchange?
    var task: Task<Void, Never>?
    var closesAfterResponse = false
    /// Whether a part of the answer is out: another one cannot be sent any more.
    var hasBegunResponse = false
    /// Bytes of an unwanted body that are still read.
    var discardBudget = 0
    /// What came behind the request being served, from `backlogStart` on.
    var backlog: [UInt8] = []
    var backlogStart = 0
    var isProcessing = false
    var isInHead = false
    var requestCount = 0
    /// Whether the client has closed its half.
    var inputHasEnded = false
    private var outputWaiters: [CheckedContinuation<Void, Never>] = []
    private let admission: ServerContext.Admission

    init(stream: TCPStream, context: ServerContext) {
        self.stream = stream
        self.context = context
        shared = context.connections(of: stream.loop)
        parser = RequestParser(limits: context.limits)
        deadline = Deadline(loop: stream.loop)
        admission = context.enter()
        shared.add(self)
    }

    /// Begins to read; a connection too many is told so, if there is room for that.
    func start() {
        deadline.onPassed = { [unowned self] in deadlinePassed() }
        stream.handler = self
        switch admission {
        case .served: break
        case .refused: return refuse(.tooManyConnections(limit: context.limits.connections))
        case .cut: return cut()
        }
        deadline.set(in: context.limits.headerDeadline)
        stream.resumeReading()
        if shared.isDraining { close() }
    }

    // MARK: From the stream

    func received(_ bytes: UnsafeRawBufferPointer) {
        guard phase != .closing else { return }
        guard backlog.isEmpty, canParse else { return hold(bytes) }
        let used = process(bytes)
        if used < bytes.count, phase != .closing { backlog.append(contentsOf: bytes[used...]) }
        settle()
    }

    /// The client has closed its half at least. What has come whole is answered, in case it still listens; but whatever waits for something is
    /// told that it probably is in vain.
    func inputEnded() {
        inputHasEnded = true
        if backlog.isEmpty { closesAfterResponse = true }
        body?.fail(.disconnected)
        if phase == .handling { task?.cancel() } else { close() }
    }

    func drained() {
        wakeOutputWaiters()
    }

    func closed(_ reason: StreamCloseReason) {
        phase = .closing
        current = nil
        backlog = []
        abandonRequest(.disconnected)
        leave()
    }

    /// Gives up the place among the connections.
    private func leave() {
        deadline.cancel()
        shared.remove(self)
        context.leave()
    }

    /// The stream lives on without this object.
    func leaveStream(to use: ServerContext.Release) {
        phase = .closing
        current = nil
        task = nil
        backlog = []
        backlogStart = 0
        stream.handler = nil
        deadline.cancel()
        shared.remove(self)
        context.release(for: use)
        let context = context
        stream.onEnd = { context.releasedHasEnded(use) }
    }

    /// Ends what is under way for a request that will not be answered any more.
    func abandonRequest(_ error: HTTPError) {
        body?.fail(error)
        body = nil
        task?.cancel()
        task = nil
        wakeOutputWaiters()
    }

    // MARK: Room for output

    /// Waits while the client is slow.
    ///
    /// - Throws: `HTTPError.disconnected`.
    func roomForOutput() async throws(HTTPError) {
        while stream.queuedBytes > context.limits.responseBuffer, !stream.isClosed {
            // What this tick has queued leaves at its end; only what the system does not take then has to be waited for.
            await stream.loop.sleep(for: .zero)
            guard stream.queuedBytes > context.limits.responseBuffer, !stream.isClosed else { continue }
            await withCheckedContinuation { outputWaiters.append($0) }
        }
        guard !stream.isClosed else { throw .disconnected }
    }

    private func wakeOutputWaiters() {
        let waiters = outputWaiters
        outputWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
