internal import Reactor

/// Taking requests out of what arrives.
extension HTTPConnection {
    /// Whether what comes next belongs to the request being served, or to the next one that may be served.
    var canParse: Bool {
        switch phase {
        case .reading, .discarding: true
        case .handling: body != nil
        case .closing: false
        }
    }

    /// Keeps what cannot be looked at yet. Some of it does not stop the reading: a stream that is not read does not tell that its peer has gone.
    func hold(_ bytes: UnsafeRawBufferPointer) {
        backlog.append(contentsOf: bytes)
        if backlog.count - backlogStart >= Self.backlogLimit { stream.pauseReading() }
    }

    /// Takes events out of the input until it is used up or a handler has to be waited for.
    ///
    /// - Returns: how many bytes have been used.
    func process(_ input: UnsafeRawBufferPointer) -> Int {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        do throws(HTTPError) {
            while canParse, let event = try parser.next(in: input, from: &offset) {
                switch event {
                case .head(let head): try begin(head, input, &offset)
                case .body(let range): take(UnsafeRawBufferPointer(rebasing: input[range]))
                case .end: endOfBody()
                }
            }
        } catch {
            refuse(error)
        }
        return offset
    }

    /// Goes on with what has been held, then with the stream.
    func settle() {
        while !backlog.isEmpty, canParse { processBacklog() }
        guard phase != .closing else { return }
        guard !inputHasEnded else {
            if phase == .reading { close() }
            return
        }
        if backlog.count - backlogStart >= Self.backlogLimit {
            stream.pauseReading()
        } else if phase != .handling {
            stream.resumeReading()
        }
        if phase == .reading { awaitHead() }
    }

    private func processBacklog() {
        let held = backlog
        let start = backlogStart
        backlog = []
        backlogStart = 0
        let used = held.withUnsafeBytes { process(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        guard start + used < held.count, phase != .closing else { return }
        backlog = held
        backlogStart = start + used
    }

    private func awaitHead() {
        if parser.isBetweenRequests {
            isInHead = false
            if requestCount > 0 { deadline.set(in: context.limits.keepAliveIdle) }
        } else if !isInHead {
            isInHead = true
            deadline.set(in: context.limits.headerDeadline)
        }
    }

    // MARK: One request

    private func begin(_ head: RequestHead, _ input: UnsafeRawBufferPointer, _ offset: inout Int) throws(HTTPError) {
        isInHead = false
        deadline.clear()
        requestCount += 1
        if !head.keepsAlive || shared.isDraining || requestCount >= context.limits.requestsPerConnection { closesAfterResponse = true }
        let requestBody = try openBody(of: head, input, &offset)
        // What follows an upgrade belongs to another protocol, so it is not looked at before the answer.
        if head.asksForUpgrade, body == nil {
            backlog.append(contentsOf: input[offset...])
            offset = input.count
        }
        phase = .handling
        serve(HTTPRequest(head, body: requestBody, id: shared.nextRequestID(), peer: stream.peer, loop: stream.loop))
    }

    private func serve(_ request: HTTPRequest) {
        current = Exchange(request: request, startedAt: stream.loop.now)
        let bound = LoopBound(self, loop: stream.loop)
        let context = context
        let task = stream.loop.start {
            let response = await context.respond(to: request)
            await bound.value.send(response)
        }
        // A handler that did not wait for anything is done here.
        if current?.request.id == request.id { self.task = task }
    }

    /// Goes on with the next request, which may be here already.
    func next() {
        current = nil
        task = nil
        phase = .reading
        // Whoever is in the middle of the input goes on by itself.
        if !isProcessing { settle() }
    }
}
