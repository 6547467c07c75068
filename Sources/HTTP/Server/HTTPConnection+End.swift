internal import Reactor

/// How a connection ends.
extension HTTPConnection {
    /// Sends what is queued and closes.
    func close() {
        phase = .closing
        current = nil
        backlog = []
        deadline.clear()
        abandonRequest(.disconnected)
        stream.closeAfterFlush()
    }

    /// Closes at once: what is queued is lost, and the client sees that something is missing.
    func cut() {
        stream.close()
    }

    /// Answers what cannot be served, and closes. A response that has begun is cut off instead: nothing else can be said any more.
    func refuse(_ error: HTTPError) {
        guard phase != .closing else { return }
        // The request has its answer: a second one would be taken for that of the next.
        if phase == .discarding { return close() }
        body?.fail(error)
        if hasBegunResponse { return cut() }
        let response = context.hooks.errorResponse(error, current?.request.path)
        var content: [UInt8] = []
        if case .bytes(let bytes) = response.body { content = bytes }
        let date = shared.date.value(at: stream.loop.now)
        var output: [UInt8] = []
        ResponseHead.append(to: &output, response, framing: .length(content.count), closes: true, date: date)
        if current?.request.method != .head { output += content }
        stream.write(output)
        if let exchange = current {
            context.hooks.requestFinished(exchange.request, response.status, stream.loop.now - exchange.startedAt)
        }
        close()
    }

    func deadlinePassed() {
        switch phase {
        case .reading where parser.isBetweenRequests: close()
        case .reading: refuse(.timeout("the header"))
        case .handling: refuse(.timeout("the body"))
        case .discarding: close()
        case .closing: break
        }
    }

    /// Serves what has begun and nothing more.
    func drain() {
        closesAfterResponse = true
        if phase == .discarding || phase == .reading && parser.isBetweenRequests && backlog.isEmpty { close() }
    }
}
