public import Synchronization

/// A value behind a lock: the standard library's, in a form that the thread sanitizer can follow. Blocks the calling thread, so it is held for
/// moments only.
///
/// A thread that has to wait is woken inside the standard library, which is not instrumented: the sanitizer would report what two such threads
/// do one after the other.
@frozen public struct Mutex<Value: ~Copyable>: ~Copyable {
    @usableFromInline let lock: Synchronization.Mutex<Value>
    @usableFromInline let order = ThreadOrder()

    /// A lock around a value.
    @inlinable public init(_ initialValue: consuming sending Value) {
        lock = Synchronization.Mutex(initialValue)
    }

    /// Runs `body` while no other thread has the value.
    @inlinable public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try lock.withLock { value throws(Failure) in
            order.pass()
            defer { order.pass() }
            return try body(&value)
        }
    }
}

extension Mutex: Sendable where Value: ~Copyable {}
