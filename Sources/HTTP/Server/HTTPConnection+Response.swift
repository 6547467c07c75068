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
        let isHead = exchange.request.method == .head
        switch response.body {
        case .none: sendWhole(response, [], isHead: isHead)
        case .bytes(let bytes): sendWhole(response, bytes, isHead: isHead)
        case .stream(let length, let produce): await sendStream(response, length: length, isHead: isHead, produce)
        case .upgrade(let upgrade): return hand(over: response, to: upgrade)
        }
        finish(response.status)
    }

    private func sendWhole(_ response: HTTPResponse, _ bytes: [UInt8], isHead: Bool) {
        let framing: ResponseHead.Framing = response.status.hasNoBody ? .none : .length(bytes.count)
        var output = head(response, framing: framing, capacity: bytes.count)
        if !isHead, !response.status.hasNoBody { output.append(contentsOf: bytes) }
        stream.write(output)
    }

    private func sendStream(
        _ response: HTTPResponse, length: Int?, isHead: Bool, _ produce: @Sendable (ResponseBodyWriter) async throws -> Void
    ) async {
        stream.write(head(response, framing: length.map { .length($0) } ?? .chunked, capacity: 0))
        guard !isHead else { return }
        let writer = ResponseBodyWriter(connection: LoopBound(self, loop: stream.loop), isChunked: length == nil)
        do {
            try await produce(writer)
            if length == nil { stream.write(Array("0\r\n\r\n".utf8)) }
        } catch {
            // The length or the last chunk is missing: the client sees that the content is not whole.
            if let exchange = current { context.hooks.handlerFailed(error, exchange.request) }
            close()
        }
    }

    private func head(_ response: HTTPResponse, framing: ResponseHead.Framing, capacity: Int) -> [UInt8] {
        // A body that is still on its way would be taken for the next request.
        if body != nil { closesAfterResponse = true }
        let date = context.connections(of: stream.loop).date.value(at: stream.loop.now)
        return ResponseHead.bytes(response, framing: framing, closes: closesAfterResponse, date: date, capacity: capacity)
    }

    /// Waits while the client is slow.
    func roomForResponse() async throws {
        while stream.queuedBytes > context.limits.responseBuffer {
            guard !stream.isClosed else { throw HTTPError.disconnected }
            await stream.loop.sleep(for: .milliseconds(2))
        }
        guard !stream.isClosed else { throw HTTPError.disconnected }
    }

    func writeBody(_ bytes: [UInt8], isChunked: Bool) {
        guard isChunked else { return stream.write(bytes) }
        stream.write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A])
    }

    private func hand(over response: HTTPResponse, to upgrade: @Sendable (TCPStream, [UInt8]) -> Void) {
        stream.write(ResponseHead.bytes(response, framing: .upgrade, closes: false, date: [], capacity: 0))
        report(response.status)
        let rest = takeBacklog()
        leaveForUpgrade()
        upgrade(stream, rest)
    }

    private func finish(_ status: HTTPStatus) {
        report(status)
        if phase == .closing { return }
        if closesAfterResponse { close() } else { next() }
    }

    private func report(_ status: HTTPStatus) {
        guard let exchange = current else { return }
        context.hooks.requestFinished(exchange.request, status, stream.loop.now - exchange.startedAt)
    }
}
