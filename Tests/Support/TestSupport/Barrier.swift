internal import Primitives
internal import Reactor

/// Threads that wait here go on together, when so many have come.
public final class Barrier: Sendable {
    private let missing: Mutex<Int>
    private let count: Int
    private let isComplete = Semaphore()

    /// A barrier for so many threads.
    public init(count: Int) {
        self.count = count
        missing = Mutex(count)
    }

    /// Blocks until all have come.
    public func arrive() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { for _ in 0..<count { isComplete.signal() } }
        isComplete.wait()
    }
}
