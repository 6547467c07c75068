/// Carries a value that belongs to one loop through code that must be `Sendable`.
///
/// The value can only be reached on its loop; anywhere else is a programming error and stops the process before a race can happen.
public struct LoopBound<Value>: Sendable {
    /// Unchecked because the check is made at run time: `value` stops the process anywhere but on the loop, so that no two threads touch it.
    private nonisolated(unsafe) let stored: Value

    /// The loop that owns the value.
    public let loop: EventLoop

    /// Binds `value` to `loop`. May be called anywhere, as long as nobody else keeps the value.
    public init(_ value: Value, loop: EventLoop) {
        self.stored = value
        self.loop = loop
    }

    /// The value. Precondition: the caller runs on `loop`.
    public var value: Value {
        loop.preconditionIsCurrent()
        return stored
    }
}
