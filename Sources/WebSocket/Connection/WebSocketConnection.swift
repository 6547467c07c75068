public import Reactor

/// The server's end of one WebSocket connection (RFC 6455). Belongs to its stream's loop: made, used and ended there.
///
/// While idle it owns this object and nothing else: no buffer, no timer, no task. Give it a handler, then `start`.
/// Sending on a connection that is closing does nothing.
public final class WebSocketConnection {
    private enum Phase {
        case open
        /// A close has been sent, the client's is awaited; what else arrives is dropped.
        case closing
        /// Nothing is read any more; what is queued leaves, then the stream ends.
        case ended
    }

    /// Told what happens; kept until the connection is gone.
    public var handler: (any WebSocketHandler)?
    /// What a client that reads too slowly is told, if it ever reads that far; nil cuts it off without a word.
    ///
    /// With a code, the queue may grow to twice `WebSocketOptions.outputLimit` before the cut.
    public var slowReaderCloseCode: WebSocketCloseCode? {
        didSet { applyOutputLimit() }
    }

    /// The code for a message above the limit.
    public var messageTooBigCode: WebSocketCloseCode

    private let stream: TCPStream
    private var decoder: FrameDecoder
    private let deflater: Deflater?
    private let outputLimit: Int
    private let closeTimeout: Duration
    private var phase = Phase.open
    private var closeCode: WebSocketCloseCode?
    private var isClean = false
    private var outputCheckIsScheduled = false
    /// Bytes that may be queued beyond the limit, for frames that do not count against it.
    private var allowance = 0
    /// The payload of the last ping, while the queue is too long for its answer.
    private var heldPong: [UInt8]?

    /// Takes over a stream on which the handshake is done. Nothing is read until `start`.
    public convenience init(stream: TCPStream, options: WebSocketOptions = WebSocketOptions()) {
        self.init(stream: stream, options: options, inflater: nil, deflater: nil)
    }

    init(stream: TCPStream, options: WebSocketOptions, inflater: Inflater?, deflater: Deflater?) {
        self.stream = stream
        self.deflater = deflater
        decoder = FrameDecoder(messageLimit: options.messageLimit, inflater: inflater)
        outputLimit = options.outputLimit
        closeTimeout = options.closeTimeout
        messageTooBigCode = options.messageTooBigCode
        slowReaderCloseCode = options.slowReaderCloseCode
        applyOutputLimit()
    }

    /// The loop that owns the connection.
    public var loop: EventLoop { stream.loop }
    /// The other side's address.
    public var peer: SocketAddress { stream.peer }
    /// Whether messages are still sent and received.
    public var isOpen: Bool { phase == .open && !stream.isClosed }
    /// Bytes sent but not yet taken by the system.
    public var queuedBytes: Int { stream.queuedBytes }

    /// Lets messages arrive at the handler, first those in `received`: bytes that came with the handshake.
    public func start(received: [UInt8] = []) {
        stream.handler = self
        stream.resumeReading()
        received.withUnsafeBytes { self.received($0) }
    }

    // MARK: Sending

    /// Sends a text message. Precondition: the bytes are UTF-8.
    public func sendText(_ payload: [UInt8]) {
        send(.text, payload)
    }

    /// Sends a binary message.
    public func sendBinary(_ payload: [UInt8]) {
        send(.binary, payload)
    }

    /// Sends a frame made by `WebSocketFrameEncoder`, as it is: it may go to any number of connections, compressing ones too.
    /// - Parameter countsAgainstLimit: false for a frame that may itself be longer than the output limit: until the queue is empty again, the
    ///   limit is larger by its length. A client that does not read at all is cut all the same.
    public func sendEncoded(frame: [UInt8], countsAgainstLimit: Bool = true) {
        guard phase == .open else { return }
        if !countsAgainstLimit {
            allowance = (stream.queuedBytes == 0 ? 0 : allowance) + frame.count
            applyOutputLimit()
        }
        enqueue(frame)
    }

    /// Sends a ping with at most 125 bytes of payload; the client answers with the same bytes.
    public func ping(_ payload: [UInt8] = []) {
        sendEncoded(frame: WebSocketFrameEncoder.ping(payload))
    }

    /// Sends a close, and ends the connection when the client has answered it or the close timeout has passed.
    /// - Parameter reason: for the client's log; cut at a character after at most 123 bytes.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") {
        guard phase == .open else { return }
        closeCode = code
        enqueue(WebSocketFrameEncoder.close(code, reason: reason))
        phase = .closing
        scheduleCut()
    }

    /// Ends the connection at once; what is queued is lost, and nothing that has arrived is handed on.
    public func cut() {
        phase = .ended
        stream.close()
    }

    private func send(_ opcode: Opcode, _ payload: [UInt8]) {
        guard phase == .open else { return }
        let compressed = deflater?.compress(payload)
        (compressed ?? payload).withUnsafeBytes {
            enqueue(WebSocketFrameEncoder.frame(opcode, $0, isCompressed: compressed != nil))
        }
    }

    private func enqueue(_ frame: [UInt8]) {
        stream.write(frame)
        if slowReaderCloseCode != nil, stream.queuedBytes > outputLimit + allowance { scheduleOutputCheck() }
    }

    // MARK: Receiving

    private func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .close(let code): receiveClose(code)
        case _ where phase != .open: break
        case .text(let bytes): handler?.receivedText(bytes)
        case .binary(let bytes): handler?.receivedBinary(bytes)
        case .pong(let payload): handler?.receivedPong(payload)
        case .ping(let payload): answerPing(payload)
        }
    }

    private func receiveClose(_ code: WebSocketCloseCode?) {
        isClean = true
        if phase == .open {
            closeCode = code
            enqueue(WebSocketFrameEncoder.close(code))
        }
        end()
    }

    /// The client broke a rule: says which, and ends the connection without waiting for an answer (RFC 6455 section 7.1.7).
    private func fail(_ violation: ProtocolViolation) {
        if phase == .open {
            var code = violation.closeCode
            if case .messageTooBig = violation { code = messageTooBigCode }
            closeCode = code
            enqueue(WebSocketFrameEncoder.close(code, reason: violation.description))
        }
        end()
    }

    // MARK: Pressure

    private func applyOutputLimit() {
        // With a code the limit is kept here, so that there is somebody left to tell; the stream's own limit is the hard stop.
        stream.outputLimit = (slowReaderCloseCode == nil ? outputLimit : 2 * min(outputLimit, .max / 4)) + allowance
    }

    /// A client that pings faster than it reads gets the last ping answered (RFC 6455 section 5.5.3), not a queue of pongs.
    private func answerPing(_ payload: [UInt8]) {
        guard stream.queuedBytes <= outputLimit / 4 else {
            heldPong = payload
            return scheduleOutputCheck()
        }
        heldPong = nil
        enqueue(WebSocketFrameEncoder.pong(payload))
    }

    private func answerHeldPing() {
        guard phase == .open, let payload = heldPong, stream.queuedBytes <= outputLimit / 4 else { return }
        heldPong = nil
        enqueue(WebSocketFrameEncoder.pong(payload))
    }

    /// Looks at the queue once the stream has sent what this tick has queued: only what is left then is the client's fault.
    private func scheduleOutputCheck() {
        guard !outputCheckIsScheduled else { return }
        outputCheckIsScheduled = true
        loop.schedule(after: .milliseconds(1)) { [weak self] in self?.checkOutput() }
    }

    private func checkOutput() {
        outputCheckIsScheduled = false
        guard phase != .ended else { return }
        if let code = slowReaderCloseCode, stream.queuedBytes > outputLimit + allowance {
            if phase == .open { stream.write(WebSocketFrameEncoder.close(code)) }
            closeCode = nil
            return end()
        }
        answerHeldPing()
    }

    // MARK: Ending

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        stream.closeAfterFlush()
        scheduleCut()
    }

    private func scheduleCut() {
        loop.schedule(after: closeTimeout) { [weak stream] in stream?.close() }
    }
}

/// What the stream tells; not for other callers.
extension WebSocketConnection: StreamHandler {
    /// Bytes arrived.
    public func received(_ bytes: UnsafeRawBufferPointer) {
        var input = bytes
        do throws(ProtocolViolation) {
            while phase != .ended, let event = try decoder.next(&input) { receive(event) }
        } catch {
            fail(error)
        }
    }

    /// The queue is empty again.
    public func drained() {
        if allowance > 0 {
            allowance = 0
            applyOutputLimit()
        }
        answerHeldPing()
        handler?.drained()
    }

    /// The client has gone without a close; what is queued may still reach it.
    public func inputEnded() {
        end()
    }

    /// The stream is gone.
    public func closed(_ reason: StreamCloseReason) {
        phase = .ended
        let handler = handler
        self.handler = nil
        handler?.closed(code: reason == .slowReader && !isClean ? nil : closeCode, clean: isClean)
    }
}
