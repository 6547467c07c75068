/// A scheduled piece of work, kept to cancel it. Belongs to the loop that made it.
public final class TimerToken {
    let deadline: MonotonicInstant
    let order: UInt64
    var work: (() -> Void)?
    /// Where the token stands in the heap.
    fileprivate var index: Int

    fileprivate init(deadline: MonotonicInstant, order: UInt64, index: Int, work: @escaping () -> Void) {
        self.deadline = deadline
        self.order = order
        self.index = index
        self.work = work
    }

    /// Whether the work has neither run nor been cancelled.
    public var isPending: Bool { work != nil }

    fileprivate func isEarlier(than other: TimerToken) -> Bool {
        deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
}

/// The timers of one loop: a binary heap by deadline, equal deadlines in the order they were made.
///
/// Each token knows its place, so that a cancelled one leaves at once: a socket holds no timer but the one it waits for.
struct TimerQueue {
    private var heap: [TimerToken] = []
    /// The order of the token made last.
    private(set) var newest: UInt64 = 0

    /// Tokens that are pending.
    var count: Int { heap.count }

    /// When the earliest token is due.
    var nextDeadline: MonotonicInstant? { heap.first?.deadline }

    mutating func schedule(at deadline: MonotonicInstant, _ work: @escaping () -> Void) -> TimerToken {
        newest += 1
        let token = TimerToken(deadline: deadline, order: newest, index: heap.count, work: work)
        heap.append(token)
        siftUp(token)
        return token
    }

    mutating func cancel(_ token: TimerToken) {
        guard token.isPending else { return }
        remove(token)
        token.work = nil
    }

    /// Removes the earliest work that is due at `now`; nil when nothing is.
    ///
    /// - Parameter newest: tokens made later than this one are left.
    mutating func takeDue(at now: MonotonicInstant, upTo newest: UInt64 = .max) -> (() -> Void)? {
        guard let first = heap.first, first.deadline <= now, first.order <= newest else { return nil }
        remove(first)
        defer { first.work = nil }
        return first.work
    }

    private mutating func remove(_ token: TimerToken) {
        let last = heap.removeLast()
        guard last !== token else { return }
        place(last, at: token.index)
        siftUp(last)
        siftDown(last)
    }

    private mutating func place(_ token: TimerToken, at index: Int) {
        heap[index] = token
        token.index = index
    }

    private mutating func siftUp(_ token: TimerToken) {
        while token.index > 0 {
            let parent = heap[(token.index - 1) / 2]
            guard token.isEarlier(than: parent) else { return }
            exchange(token, parent)
        }
    }

    private mutating func siftDown(_ token: TimerToken) {
        while true {
            let left = 2 * token.index + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].isEarlier(than: heap[left]) ? heap[right] : heap[left]
            guard child.isEarlier(than: token) else { return }
            exchange(token, child)
        }
    }

    private mutating func exchange(_ token: TimerToken, _ other: TimerToken) {
        let index = token.index
        place(token, at: other.index)
        place(other, at: index)
    }
}
