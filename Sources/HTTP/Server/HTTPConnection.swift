internal import Reactor

/// One connection: takes requests off the stream, one at a time, and sends the answers in their order. Lives on its loop.
final class HTTPConnection: StreamHandler {
    enum Phase {
        /// Between requests, or in the middle of a head.
        case reading
        /// A handler works; its body may still be coming.
        case handling
        /// Nothing more is served; what is queued is being sent.
        case closing
    }

    let stream: TCPStream
    let context: ServerContext
    private var parser: RequestParser
    private(set) var phase = Phase.reading
    /// Requests that came behind the one being served: part of one read, at most.
    private var backlog: [UInt8] = []
    private(set) var body: BodyStream?
    private(set) var current: Exchange?
    private var task: Task<Void, Never>?
    var closesAfterResponse = false
    private var hasServed = false
    private var isInHead = false
    private var deadline: Deadline
    private var isProcessing = false
    private let isAdmitted: Bool

    init(stream: TCPStream, context: ServerContext) {
        self.stream = stream
        self.context = context
        parser = RequestParser(limits: context.limits)
        deadline = Deadline(loop: stream.loop)
        isAdmitted = context.enter()
        context.connections(of: stream.loop).add(self)
    }

    /// Begins to read; a connection too many is told so.
    func start() {
        deadline.onPassed = { [weak self] in self?.deadlinePassed() }
        stream.handler = self
        stream.resumeReading()
        guard isAdmitted else {
            refuse(.text("At most \(context.limits.connections) connections.\n", status: .serviceUnavailable))
            return
        }
        deadline.set(in: context.limits.headerDeadline)
    }

    // MARK: From the stream

    func received(_ bytes: UnsafeRawBufferPointer) {
        switch phase {
        case .closing: break
        case .handling where body == nil: hold(bytes)
        case .reading, .handling: process(bytes)
        }
    }

    func inputEnded() {
        body?.fail(.disconnected)
        // A request that is being served is still answered: the client may have closed its half only.
        if phase == .reading { close() } else { closesAfterResponse = true }
    }

    func drained() {}

    func closed(_ reason: StreamCloseReason) {
        phase = .closing
        body?.fail(.disconnected)
        task?.cancel()
        task = nil
        leave()
    }

    /// Gives up the place among the connections; the stream may live on in another protocol.
    private func leave() {
        deadline.cancel()
        context.connections(of: stream.loop).remove(self)
        context.leave()
    }

    // MARK: Requests

    private func hold(_ bytes: UnsafeRawBufferPointer) {
        backlog.append(contentsOf: bytes)
        stream.pauseReading()
    }

    /// Takes events out of the input until it is used up or a handler has to be waited for.
    private func process(_ input: UnsafeRawBufferPointer) {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        do throws(HTTPError) {
            while phase != .closing {
                if phase == .handling, body == nil {
                    guard offset < input.count else { return }
                    return hold(UnsafeRawBufferPointer(rebasing: input[offset...]))
                }
                guard let event = try parser.next(in: input, from: &offset) else { break }
                switch event {
                case .head(let head): try begin(head, input, &offset)
                case .body(let range): take(UnsafeRawBufferPointer(rebasing: input[range]))
                case .end: endOfBody()
                }
            }
        } catch {
            body?.fail(error)
            refuse(.text(error.message + "\n", status: error.status))
        }
        guard phase == .reading else { return }
        let waiting = takeBacklog()
        if waiting.isEmpty { awaitNextHead() } else { waiting.withUnsafeBytes { process($0) } }
    }

    private func awaitNextHead() {
        if parser.isBetweenRequests {
            guard current == nil, hasServed else { return }
            deadline.set(in: context.limits.keepAliveIdle)
        } else if !isInHead {
            isInHead = true
            deadline.set(in: context.limits.headerDeadline)
        }
    }

    private func begin(_ head: RequestHead, _ input: UnsafeRawBufferPointer, _ offset: inout Int) throws(HTTPError) {
        isInHead = false
        deadline.clear()
        closesAfterResponse = closesAfterResponse || !head.keepsAlive || context.connections(of: stream.loop).isDraining
        let requestBody: RequestBody
        switch head.framing {
        case .none:
            requestBody = RequestBody(source: .whole([]), declaredLength: 0)
            _ = try parser.next(in: input, from: &offset)
        case .length(let length) where input.count - offset >= length:
            requestBody = RequestBody(source: .whole(Array(input[offset..<offset + length])), declaredLength: length)
            _ = try parser.next(in: input, from: &offset)
            _ = try parser.next(in: input, from: &offset)
        case .length(let length): requestBody = RequestBody(source: .stream(openBody(head)), declaredLength: length)
        case .chunked: requestBody = RequestBody(source: .stream(openBody(head)), declaredLength: nil)
        }
        // What follows an upgrade belongs to another protocol, so it is not looked at before the answer.
        if head.headers[first: "upgrade"] != nil {
            backlog.append(contentsOf: input[offset...])
            offset = input.count
        }
        phase = .handling
        hasServed = true
        serve(
            HTTPRequest(
                method: head.method, minorVersion: head.minorVersion, target: head.target, path: head.path, headers: head.headers,
                body: requestBody, peer: stream.peer))
    }

    private func serve(_ request: HTTPRequest) {
        current = Exchange(request: request, startedAt: stream.loop.now)
        let bound = LoopBound(self, loop: stream.loop)
        let context = context
        task = stream.loop.start {
            let response = await context.respond(to: request)
            await bound.value.send(response)
        }
        if phase != .handling { task = nil }
    }

    // MARK: The body

    private func openBody(_ head: RequestHead) -> LoopBound<BodyStream> {
        let body = BodyStream()
        var awaitsContinue = head.expectsContinue
        body.wantsMore = { [weak self] in
            guard let self, !stream.isClosed else { return }
            if awaitsContinue {
                awaitsContinue = false
                stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
            deadline.set(in: context.limits.bodyIdle)
            stream.resumeReading()
        }
        self.body = body
        return LoopBound(body, loop: stream.loop)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let body else { return }
        body.append(bytes)
        if body.isAwaited { deadline.set(in: context.limits.bodyIdle) }
        if body.waitingBytes >= context.limits.bodyBuffer {
            deadline.clear()
            stream.pauseReading()
        }
    }

    private func endOfBody() {
        deadline.clear()
        body?.finish()
        body = nil
    }

    // MARK: After an answer

    /// Goes on with the next request, which may be here already.
    func next() {
        current = nil
        task = nil
        phase = .reading
        // Whoever is in the middle of the input goes on by itself.
        guard !isProcessing else { return }
        let waiting = takeBacklog()
        if waiting.isEmpty { awaitNextHead() } else { waiting.withUnsafeBytes { process($0) } }
        if phase == .reading { stream.resumeReading() }
    }

    func takeBacklog() -> [UInt8] {
        defer { backlog = [] }
        return backlog
    }

    /// The stream goes on in another protocol.
    func leaveForUpgrade() {
        phase = .closing
        current = nil
        task = nil
        stream.handler = nil
        leave()
    }

    // MARK: The end

    /// Sends what is queued and closes.
    func close() {
        phase = .closing
        current = nil
        deadline.clear()
        stream.closeAfterFlush()
    }

    /// Answers something that is no request, and closes.
    private func refuse(_ response: HTTPResponse) {
        guard phase != .closing else { return }
        closesAfterResponse = true
        var bytes: [UInt8] = []
        if case .bytes(let content) = response.body { bytes = content }
        let date = context.connections(of: stream.loop).date.value(at: stream.loop.now)
        // A handler that has begun to answer cannot be answered for.
        if phase == .reading || body != nil {
            stream.write(ResponseHead.bytes(response, framing: .length(bytes.count), closes: true, date: date, capacity: 0) + bytes)
        }
        task?.cancel()
        close()
    }

    private func deadlinePassed() {
        if phase == .reading, parser.isBetweenRequests {
            close()
        } else {
            let error = HTTPError.timeout(phase == .reading ? "the header" : "the body")
            body?.fail(error)
            refuse(.text(error.message + "\n", status: error.status))
        }
    }

    /// Serves what has begun and nothing more.
    func drain() {
        closesAfterResponse = true
        if phase == .reading { close() }
    }

    /// Closes at once.
    func cut() {
        stream.close()
    }
}
