internal import CLibuv

/// Calls a closure on a loop when the process gets a signal.
public final class SignalWatcher: Sendable {
    private let handles: LoopBound<[SignalHandle]>

    private init(handles: LoopBound<[SignalHandle]>) {
        self.handles = handles
    }

    /// Watches `signals` (numbers such as SIGTERM) on `loop` until `stop`.
    public static func watch(
        _ signals: [Int32], on loop: EventLoop, _ received: @escaping @Sendable (Int32) -> Void
    ) async throws -> SignalWatcher {
        let handles = try await loop.submit {
            LoopBound(signals.map { SignalHandle(signal: $0, loop: loop, received: received) }, loop: loop)
        }
        return SignalWatcher(handles: handles)
    }

    /// Leaves the signals to the system's default again.
    public func stop() {
        let handles = handles
        handles.loop.execute { for handle in handles.value { handle.shutDown() } }
    }
}

private final class SignalHandle: LoopResource {
    private let handle: UnsafeMutablePointer<uv_signal_t>
    private let loop: EventLoop
    private let received: @Sendable (Int32) -> Void
    /// Then the handle may be gone.
    private var isShutDown = false

    init(signal: Int32, loop: EventLoop, received: @escaping @Sendable (Int32) -> Void) {
        self.loop = loop
        self.received = received
        handle = .allocate(capacity: 1)
        uv_signal_init(loop.core.uv, handle)
        hold(self, by: handle)
        uv_signal_start(handle, onSignal, signal)
    }

    func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        uv_close(rawHandle(handle)) { handle in
            guard let handle else { return }
            release(by: handle)
            UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_signal_t.self).deallocate()
        }
    }

    fileprivate func deliver(_ signal: Int32) { received(signal) }
}

private func onSignal(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ signal: Int32) {
    guard let data = handle?.pointee.data else { return }
    Unmanaged<SignalHandle>.fromOpaque(data).takeUnretainedValue().deliver(signal)
}
