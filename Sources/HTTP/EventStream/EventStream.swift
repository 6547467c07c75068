internal import Primitives
public import Reactor

/// A text/event-stream that is open (WHATWG HTML, "Server-sent events"). Lives on its connection's loop: made, used and ended there.
///
/// While idle it owns this object and one timer: no buffer, no task. A client that reads too slowly is cut by the limits of `TCPStream`; one
/// that closes its half, resets or vanishes ends the stream. What it sends is thrown away as it comes.
public final class EventStream: StreamHandler {
    /// How long a client may leave unacknowledged what was sent to it: with a keep-alive each 15 s, one that has vanished is noticed within 45 s.
    private static let acknowledgementLimit = Duration.seconds(30)

    /// Called once on the loop when the stream is over, whoever ended it; never from inside a call into the stream. Set it in `start`: what is
    /// set when the stream is over is not called.
    public var onEnd: (() -> Void)?
    /// Called before each keep-alive; it may end the stream.
    public var onTick: (() -> Void)?

    private let stream: TCPStream
    private let keepAlive: Duration
    private let clock: WallClock
    private var timer: TimerToken?
    private var isEnding = false

    init(_ stream: TCPStream, keepAlive: Duration, clock: @escaping WallClock) {
        self.stream = stream
        self.keepAlive = keepAlive
        self.clock = clock
    }

    /// Takes the stream over; it keeps this object until it is gone.
    func open() {
        stream.setAcknowledgementLimit(Self.acknowledgementLimit)
        stream.handler = self
        stream.resumeReading()
        scheduleTick()
    }

    /// The loop that owns the stream.
    public var loop: EventLoop { stream.loop }
    /// Whether what is sent can still reach the client.
    public var isOpen: Bool { !isEnding && !stream.isClosed }
    /// Bytes sent but not yet taken by the system.
    public var queuedBytes: Int { stream.queuedBytes }

    /// Queues bytes that are already encoded; nothing when the stream is over.
    public func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        stream.write(bytes)
    }

    /// Sends what is queued and closes.
    public func end() {
        guard isOpen else { return }
        isEnding = true
        stream.closeAfterFlush()
        cancelTick()
        // The owner may be in the middle of going through its streams; and the last bytes may take their time, which is not its concern.
        loop.schedule(after: .zero) { [self] in finish() }
    }

    // MARK: Keep-alive

    private func scheduleTick() {
        // Unowned, because a weak reference makes each use of an object dearer: the timer is cancelled before the stream lets this object go.
        timer = loop.schedule(after: keepAlive) { [unowned self] in tick() }
    }

    private func cancelTick() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func tick() {
        timer = nil
        guard isOpen else { return }
        onTick?()
        guard isOpen else { return }
        stream.write(ServerSentEvent.comment(String(clock().seconds)))
        scheduleTick()
    }

    // MARK: From the stream

    /// Throws away what the client sends.
    public func received(_ bytes: UnsafeRawBufferPointer) {}

    /// Nobody waits for room.
    public func drained() {}

    /// A client that has ended its half does not listen any more: browsers end both at once.
    public func inputEnded() {
        end()
    }

    /// The stream is gone.
    public func closed(_ reason: StreamCloseReason) {
        isEnding = true
        cancelTick()
        finish()
    }

    /// Tells the owner, once, and lets go of what it has set.
    private func finish() {
        let onEnd = onEnd
        self.onEnd = nil
        onTick = nil
        onEnd?()
    }
}
