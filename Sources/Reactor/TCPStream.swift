internal import CLibuv
internal import CPlatform

/// A connected TCP socket. Belongs to its loop: made, used and ended there.
///
/// What is written during one tick of the loop is sent with one system call at its end. An idle stream owns no buffer.
public final class TCPStream {
    private enum Phase {
        case open
        /// Sends what is queued, then shuts down its side.
        case flushing
        /// Has shut down its side and discards input until the peer closes too.
        case lingering
        case closed
    }

    /// How long a closed stream waits for the peer's own end, so that the last answer is not lost to a reset.
    private static let lingerLimit = Duration.seconds(2)

    /// A peer that takes no more bytes for now; the loop looks at its stream once a second.
    private final class Blockage {
        /// Taken by a write that the system has not finished.
        var inFlight: OutputBuffer?
        var takenAtProgress: UInt64 = 0
        var lastProgress = MonotonicInstant(nanoseconds: 0)
    }

    /// The other side's address.
    public let peer: SocketAddress
    /// Told what happens; kept until the stream has ended.
    public var handler: (any StreamHandler)?
    /// Called once the stream is gone, after its handler: for whoever counts streams while their handlers change.
    public var onEnd: (() -> Void)?
    /// Bytes that may be queued before the reader counts as too slow and is cut off. Default 1 MiB.
    public var outputLimit = 1 << 20
    /// How long a reader may take for each `progressBytes` of what is queued before it counts as too slow. Default 10 s.
    public var stallLimit = Duration.seconds(10)
    /// Bytes that a peer has to take within each `stallLimit`, or all there are. What it acknowledges counts, however much the system holds.
    static let progressBytes: UInt64 = 4_096

    private let handle: UnsafeMutablePointer<uv_tcp_t>
    private let core: LoopCore
    private let descriptor: Int32
    private var phase = Phase.open
    private var isDirty = false
    private var isReading = false
    private var output = OutputBuffer()
    /// Nil while the socket takes everything at once.
    private var blockage: Blockage?
    private var bytesWritten: UInt64 = 0
    private var closeReason = StreamCloseReason.local

    /// Takes over an accepted handle.
    init(handle: UnsafeMutablePointer<uv_tcp_t>, loop: EventLoop, peer: SocketAddress) {
        self.handle = handle
        self.peer = peer
        core = loop.core
        var descriptor: uv_os_fd_t = -1
        uv_fileno(rawHandle(handle), &descriptor)
        self.descriptor = descriptor
        hold(self, by: handle)
        // A peer without this shows 44 ms p99 on an idle machine.
        uv_tcp_nodelay(handle, 1)
    }

    /// The loop that owns the stream.
    public var loop: EventLoop { core.loop }

    /// Whether the stream takes no more output.
    public var isClosed: Bool { phase != .open }

    /// Bytes written but not yet taken by the system.
    public var queuedBytes: Int { output.count + (blockage?.inFlight?.count ?? 0) }

    /// This side's address.
    public var local: SocketAddress {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { uv_tcp_getsockname(handle, $0, &length) }
        }
        return SocketAddress(storage: storage)
    }

    /// Lets the system end the connection (`.failed("ETIMEDOUT")`) when the peer acknowledges nothing of what was sent for so long: one that has
    /// vanished without a word is noticed that long after something was sent to it, and not after the quarter of an hour that is usual.
    ///
    /// A system that knows no such limit keeps its own.
    public func setAcknowledgementLimit(_ limit: Duration) {
        _ = roost_set_acknowledgement_limit(descriptor, Int32(clamping: limit.wholeNanoseconds / 1_000_000))
    }

    // MARK: Reading

    /// Lets bytes arrive at the handler.
    public func resumeReading() {
        guard !isReading, phase == .open else { return }
        isReading = true
        uv_read_start(rawStream(handle), allocateReadBuffer, onRead)
    }

    /// Lets the system hold back what arrives, and so the sender.
    public func pauseReading() {
        guard isReading else { return }
        isReading = false
        uv_read_stop(rawStream(handle))
    }

    fileprivate func read(_ count: Int, _ buffer: UnsafePointer<uv_buf_t>) {
        if count > 0 {
            guard phase == .open else { return }
            handler?.received(UnsafeRawBufferPointer(start: buffer.pointee.base, count: count))
        } else if count == Int(UV_EOF.rawValue) {
            if phase == .lingering {
                close()
            } else {
                pauseReading()
                handler?.inputEnded()
            }
        } else if count < 0 {
            fail(Int32(count))
        }
    }

    // MARK: Writing

    /// Queues bytes; they leave at the end of the tick.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        guard phase == .open, bytes.count > 0 else { return }
        output.append(bytes)
        bytesWritten += UInt64(bytes.count)
        markDirty()
    }

    /// Queues bytes; they leave at the end of the tick. They are not copied while nothing else is queued.
    public func write(_ bytes: [UInt8]) {
        guard phase == .open, !bytes.isEmpty else { return }
        output.append(bytes)
        bytesWritten += UInt64(bytes.count)
        markDirty()
    }

    /// Queues bytes; they leave at the end of the tick.
    public func write(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { write($0) }
    }

    private func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        core.dirty.append(self)
    }

    /// Sends what the tick has queued. Called by the loop once per tick.
    func flush() {
        isDirty = false
        guard phase == .open || phase == .flushing else { return }
        if blockage?.inFlight == nil, !output.isEmpty {
            // Past libuv, which has nothing of this stream in its own queue: a call less deep for each delivery.
            let sent = output.withUnsafeBytes { roost_send(descriptor, $0.baseAddress, $0.count) }
            guard sent >= 0 else { return fail(Int32(sent)) }
            output.consume(sent)
            if !output.isEmpty { writeRest() }
            guard phase == .open || phase == .flushing else { return }
        }
        if queuedBytes > outputLimit { return cut(.slowReader) }
        guard queuedBytes == 0 else { return }
        let wasBlocked = blockage != nil
        unblock()
        if phase == .flushing { shutDownOutput() } else if wasBlocked { handler?.drained() }
    }

    /// Leaves the rest to libuv, which waits until the socket takes bytes again.
    private func writeRest() {
        let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
        var rest = output
        output = OutputBuffer()
        var buffer = uvBuffer(rest.ownedBytes())
        let blockage = blockage ?? Blockage()
        self.blockage = blockage
        blockage.inFlight = rest
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let result = uv_write(request, rawStream(handle), &buffer, 1, onWritten)
        if result != 0 {
            Unmanaged<TCPStream>.fromOpaque(request.pointee.data).release()
            request.deallocate()
            blockage.inFlight = nil
            return fail(result)
        }
        noteProgress()
        core.watchBlocked(self)
    }

    private func unblock() {
        guard blockage != nil else { return }
        blockage = nil
        core.blocked[ObjectIdentifier(self)] = nil
    }

    fileprivate func wrote(_ status: Int32) {
        blockage?.inFlight = nil
        guard phase == .open || phase == .flushing else { return }
        guard status == 0 else { return fail(status) }
        noteProgress()
        if output.isEmpty {
            unblock()
            if phase == .flushing { shutDownOutput() } else { handler?.drained() }
        } else {
            markDirty()
        }
    }

    /// Looks whether the peer of a blocked stream has taken enough since the last progress.
    func checkProgress() {
        guard let blockage else { return }
        if bytesTaken >= blockage.takenAtProgress + Self.progressBytes {
            noteProgress()
        } else if core.now - blockage.lastProgress >= stallLimit {
            cut(.slowReader)
        }
    }

    private func noteProgress() {
        blockage?.takenAtProgress = bytesTaken
        blockage?.lastProgress = core.now
    }

    /// Bytes that the peer has acknowledged. The queue alone would tell too little: the system takes more only when much of its buffer is free.
    private var bytesTaken: UInt64 {
        let unsent = output.count + uv_stream_get_write_queue_size(rawStream(handle)) + roost_unacknowledged_bytes(descriptor)
        return bytesWritten - min(UInt64(unsent), bytesWritten)
    }

    // MARK: Ending

    /// Sends what is queued, ends this side and closes once the peer has seen it. No handler call but `closed` follows.
    public func closeAfterFlush() {
        guard phase == .open else { return }
        phase = .flushing
        pauseReading()
        markDirty()
    }

    /// Closes at once; what is queued is lost.
    public func close() {
        cut(.local)
    }

    private func fail(_ code: Int32) {
        switch code {
        case UV_ECONNRESET.rawValue, UV_EPIPE.rawValue, UV_EOF.rawValue: cut(.peer)
        default: cut(.failed(String(cString: uv_err_name(code))))
        }
    }

    private func shutDownOutput() {
        phase = .lingering
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        if uv_shutdown(request, rawStream(handle), onShutDown) != 0 {
            request.deallocate()
            return close()
        }
        // Input is read and thrown away: closing with unread input would reset the connection under the last answer.
        uv_read_start(rawStream(handle), allocateReadBuffer, onRead)
        core.loop.schedule(after: Self.lingerLimit) { [weak self] in self?.close() }
    }

    private func cut(_ reason: StreamCloseReason) {
        guard phase != .closed else { return }
        phase = .closed
        closeReason = reason
        isReading = false
        // What is in flight stays where it is until libuv has let go of it.
        if blockage != nil { core.blocked[ObjectIdentifier(self)] = nil }
        uv_close(rawHandle(handle), onClosed)
    }

    fileprivate func finishClosing() {
        output = OutputBuffer()
        let handler = handler
        self.handler = nil
        handler?.closed(closeReason)
        onEnd?()
        onEnd = nil
    }
}

extension TCPStream: LoopResource {
    func shutDown() { close() }
}

private func uvBuffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
    // libuv's buffer type is not const, but a write only reads.
    let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    return uv_buf_init(start, UInt32(clamping: bytes.count))
}

func rawStream(_ handle: UnsafeMutablePointer<uv_tcp_t>) -> UnsafeMutablePointer<uv_stream_t> {
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_stream_t.self)
}

private func stream(of handle: UnsafeMutableRawPointer?) -> TCPStream? {
    guard let data = handle?.assumingMemoryBound(to: uv_handle_t.self).pointee.data else { return nil }
    return Unmanaged<TCPStream>.fromOpaque(data).takeUnretainedValue()
}

private func allocateReadBuffer(
    _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggestedSize: Int, _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
    guard let data = handle?.pointee.loop?.pointee.data else { return }
    let shared = Unmanaged<LoopCore>.fromOpaque(data).takeUnretainedValue().readBuffer
    buffer?.pointee = uv_buf_init(shared.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(shared.count))
}

private func onRead(_ handle: UnsafeMutablePointer<uv_stream_t>?, _ count: Int, _ buffer: UnsafePointer<uv_buf_t>?) {
    guard count != 0, let buffer else { return }
    stream(of: handle)?.read(count, buffer)
}

private func onWritten(_ request: UnsafeMutablePointer<uv_write_t>?, _ status: Int32) {
    guard let request, let data = request.pointee.data else { return }
    request.deallocate()
    Unmanaged<TCPStream>.fromOpaque(data).takeRetainedValue().wrote(status)
}

private func onShutDown(_ request: UnsafeMutablePointer<uv_shutdown_t>?, _ status: Int32) {
    request?.deallocate()
}

private func onClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle else { return }
    stream(of: handle)?.finishClosing()
    release(by: handle)
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_tcp_t.self).deallocate()
}
