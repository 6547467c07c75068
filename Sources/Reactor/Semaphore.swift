internal import CLibuv

/// A counting semaphore between threads. Waiting blocks: never on a loop.
public final class Semaphore: Sendable {
    /// Unchecked because libuv's semaphore may be used from any thread, and the pointer itself never changes.
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<uv_sem_t>

    /// A semaphore at zero.
    public init() {
        semaphore = .allocate(capacity: 1)
        precondition(uv_sem_init(semaphore, 0) == 0, "A semaphore could not be made.")
    }

    deinit {
        uv_sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Lets one waiting thread, or the next that waits, go on.
    public func signal() {
        uv_sem_post(semaphore)
    }

    /// Blocks the calling thread until there is a signal for it.
    public func wait() {
        uv_sem_wait(semaphore)
    }
}
