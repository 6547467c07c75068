/// A scheduled piece of work, kept to cancel it. Belongs to the loop that made it.
public final class TimerToken {
    let deadline: MonotonicInstant
    let order: UInt64
    var work: (() -> Void)?

    init(deadline: MonotonicInstant, order: UInt64, work: @escaping () -> Void) {
        self.deadline = deadline
        self.order = order
        self.work = work
    }

    /// Whether the work has neither run nor been cancelled.
    public var isPending: Bool { work != nil }
}

/// The timers of one loop: a binary heap by deadline, equal deadlines in the order they were made.
///
/// Cancelling only empties the token; the heap drops it when its time comes, or all at once when more than half of the heap is cancelled,
/// so that a connection that re-arms its deadline a million times does not grow the heap.
struct TimerQueue {
    private var heap: [TimerToken] = []
    private var cancelled = 0
    private var nextOrder: UInt64 = 0

    /// Tokens in the heap, cancelled ones included.
    var count: Int { heap.count }

    /// When the earliest token is due.
    var nextDeadline: MonotonicInstant? { heap.first?.deadline }

    mutating func schedule(at deadline: MonotonicInstant, _ work: @escaping () -> Void) -> TimerToken {
        let token = TimerToken(deadline: deadline, order: nextOrder, work: work)
        nextOrder += 1
        heap.append(token)
        siftUp(from: heap.count - 1)
        return token
    }

    mutating func cancel(_ token: TimerToken) {
        guard token.work != nil else { return }
        token.work = nil
        cancelled += 1
        if cancelled > 64, cancelled > heap.count / 2 {
            compact()
        }
    }

    /// Removes the earliest work that is due at `now`; nil when nothing is.
    mutating func takeDue(at now: MonotonicInstant) -> (() -> Void)? {
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            guard let work = first.work else {
                cancelled -= 1
                continue
            }
            first.work = nil
            return work
        }
        return nil
    }

    private mutating func compact() {
        heap.removeAll { $0.work == nil }
        cancelled = 0
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
            siftDown(from: index)
        }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(from: 0)
    }

    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (heap[left], heap[right])
        return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard isEarlier(child, parent) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            var earliest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isEarlier(child, earliest) {
                earliest = child
            }
            guard earliest != parent else { return }
            heap.swapAt(parent, earliest)
            parent = earliest
        }
    }
}
