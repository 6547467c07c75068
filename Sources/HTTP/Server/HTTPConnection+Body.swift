internal import Reactor

/// The body of the request being served.
extension HTTPConnection {
    /// Takes the body that has come with its head, or opens the way for one that comes later.
    func openBody(of head: RequestHead, _ input: UnsafeRawBufferPointer, _ offset: inout Int) throws(HTTPError) -> RequestBody {
        switch head.framing {
        case .none:
            _ = try parser.next(in: input, from: &offset)
            return RequestBody(source: .empty, declaredLength: 0)
        case .length(let length) where input.count - offset >= length:
            let bytes = Array(input[offset..<offset + length])
            // All of the content, then its end.
            _ = try parser.next(in: input, from: &offset)
            _ = try parser.next(in: input, from: &offset)
            return RequestBody(source: .whole(WholeBody(bytes)), declaredLength: length)
        case .length(let length): return open(head, declared: length)
        case .chunked: return open(head, declared: nil)
        }
    }

    private func open(_ head: RequestHead, declared: Int?) -> RequestBody {
        let pace = BodyPace(idle: context.limits.bodyIdle, bytesForFull: context.limits.bodyBytesPerIdle)
        let body = BodyStream(of: self, declared: declared, awaitsContinue: head.expectsContinue, pace: pace)
        self.body = body
        return RequestBody(source: .stream(LoopBound(body, loop: stream.loop)), declaredLength: declared)
    }

    /// The handler has read all that was there, or waits for more.
    func wantsBody(_ body: BodyStream) {
        guard body === self.body, phase == .handling else { return }
        if body.awaitsContinue {
            body.awaitsContinue = false
            // After the beginning of a final response an interim one has no place; the client sends the body all the same.
            if !hasBegunResponse { stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
        }
        if body.isAwaited { deadline.set(in: body.pace.wait(at: stream.loop.now)) }
        stream.resumeReading()
    }

    /// A part of the body has come.
    func take(_ bytes: UnsafeRawBufferPointer) {
        guard let body else { return }
        body.pace.received(bytes.count, at: stream.loop.now)
        deadline.clear()
        if phase == .discarding {
            discard(bytes.count, of: body)
        } else {
            body.append(bytes)
            if body.waitingBytes >= context.limits.bodyBuffer { stream.pauseReading() }
        }
    }

    func endOfBody() {
        guard let body else { return }
        deadline.clear()
        body.finish()
        self.body = nil
        if phase == .discarding { next() }
    }

    // MARK: A body that nobody wants

    /// Whether the rest of the body may be read only to keep the connection.
    var canDiscardBody: Bool {
        guard let body else { return true }
        // A client that waits for 100 may or may not send the body after a final answer: nobody knows what comes next.
        guard !body.awaitsContinue else { return false }
        return body.missing.map { $0 <= context.limits.unreadBody } ?? true
    }

    /// Reads what is left of the body, up to a limit.
    func discardBody(_ body: BodyStream) {
        body.fail(.disconnected)
        phase = .discarding
        current = nil
        task = nil
        discardBudget = context.limits.unreadBody
        deadline.set(in: body.pace.wait(at: stream.loop.now))
        if !isProcessing { settle() }
    }

    private func discard(_ count: Int, of body: BodyStream) {
        body.count(count)
        discardBudget -= count
        guard discardBudget >= 0 else { return close() }
        deadline.set(in: body.pace.wait(at: stream.loop.now))
    }
}
