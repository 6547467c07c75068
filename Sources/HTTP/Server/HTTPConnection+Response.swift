internal import Reactor

/// A request and when it came.
struct Exchange {
    var request: HTTPRequest
    var startedAt: MonotonicInstant
}

/// Sending answers, and what follows them.
extension HTTPConnection {
    /// Sends the answer of the request that is being served.
    func send(_ response: HTTPResponse) async {
        guard phase == .handling, let exchange = current else { return }
        let response = response.isFinal ? response : context.hooks.errorResponse(.handlerFailed, exchange.request.path)
        if response.asksToClose { closesAfterResponse = true }
        do {
            switch response.body {
            case .none: sendHead(response, .length(0))
            case .bytes(let bytes): try await send(response, bytes, to: exchange.request)
            case .stream(let length, let produce): try await send(response, length: length, to: exchange.request, produce)
            case .upgrade(let upgrade): return hand(over: response, to: upgrade)
            case .endless(let begin):
                closesAfterResponse = true
                if exchange.request.method != .head, !inputHasEnded { return hand(over: response, to: begin) }
                sendHead(response, .untilClose)
            }
            report(response.status)
            // Answers that nobody takes must not pile up behind a client that only sends.
            if stream.queuedBytes > context.limits.responseBuffer { try await roomForOutput() }
        } catch {
            // The length or the last chunk is missing: the client sees that the content is not whole.
            context.report(error, exchange.request)
            if phase != .closing { cut() }
            return
        }
        finish()
    }

    private func send(_ response: HTTPResponse, _ bytes: [UInt8], to request: HTTPRequest) async throws {
        guard request.method != .head, !response.status.hasNoBody else { return sendHead(response, .length(bytes.count)) }
        guard bytes.count > ResponseStream.sliceBytes else { return sendHead(response, .length(bytes.count), with: bytes) }
        sendHead(response, .length(bytes.count))
        try await ResponseStream(self, framing: .length(bytes.count)).write(bytes)
    }

    private func send(
        _ response: HTTPResponse, length: Int?, to request: HTTPRequest,
        _ produce: @Sendable (ResponseBodyWriter) async throws -> Void
    ) async throws {
        let framing: ResponseHead.Framing
        if let length {
            framing = .length(length)
        } else if request.minorVersion == 1 {
            framing = .chunked
        } else {
            framing = .untilClose
            closesAfterResponse = true
        }
        sendHead(response, framing, readsBody: true)
        guard request.method != .head, !response.status.hasNoBody else { return }
        let output = ResponseStream(self, framing: framing)
        defer { output.abandon() }
        try await produce(ResponseBodyWriter(output: LoopBound(output, loop: stream.loop)))
        guard phase == .handling else { throw HTTPError.disconnected }
        try output.end()
    }

    /// - Parameters:
    ///   - content: what leaves together with the head.
    ///   - readsBody: whether the request's body may still be read while the answer is sent.
    private func sendHead(
        _ response: HTTPResponse, _ framing: ResponseHead.Framing, with content: [UInt8] = [], readsBody: Bool = false
    ) {
        hasBegunResponse = true
        if !readsBody, !canDiscardBody { closesAfterResponse = true }
        var message: [UInt8] = []
        message.reserveCapacity(ResponseHead.usualSize + content.count)
        ResponseHead.append(
            to: &message, response, framing: response.status.hasNoBody ? .none : framing, closes: closesAfterResponse,
            date: shared.date.value(at: stream.loop.now))
        message += content
        stream.write(message)
    }

    private func hand(over response: HTTPResponse, to upgrade: @Sendable (TCPStream, [UInt8]) -> Void) {
        // With a body on its way nobody can tell where the other protocol begins.
        guard body == nil else { return refuse(.malformed("an upgrade has no body")) }
        var head: [UInt8] = []
        ResponseHead.append(to: &head, response, framing: .none, closes: false, date: shared.date.value(at: stream.loop.now))
        stream.write(head)
        report(response.status)
        let rest = Array(backlog[backlogStart...])
        leaveStream(to: .upgrade)
        upgrade(stream, rest)
    }

    private func hand(over response: HTTPResponse, to begin: @Sendable (TCPStream) -> Void) {
        // Its owner would take the rest of the body for its own. A client that gets events has nothing more to send.
        guard body == nil else { return refuse(.malformed("a request for an endless answer has no body")) }
        sendHead(response, .untilClose)
        report(response.status)
        leaveStream(to: .endlessBody)
        begin(stream)
    }

    private func finish() {
        guard phase == .handling else { return }
        hasBegunResponse = false
        if closesAfterResponse || !canDiscardBody {
            close()
        } else if let body {
            discardBody(body)
        } else {
            next()
        }
    }

    private func report(_ status: HTTPStatus) {
        guard let exchange = current else { return }
        context.hooks.requestFinished(exchange.request, status, stream.loop.now - exchange.startedAt)
    }
}
