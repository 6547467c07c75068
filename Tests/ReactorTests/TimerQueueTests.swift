import TestSupport
import Testing

@testable import Reactor

@Suite struct TimerQueueTests {
    private func instant(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// Runs what is due and returns it.
    private func due(_ queue: inout TimerQueue, at milliseconds: UInt64, log: Log) -> [Int] {
        log.entries = []
        while let work = queue.takeDue(at: instant(milliseconds)) { work() }
        return log.entries
    }

    private final class Log {
        var entries: [Int] = []
    }

    @Test func workRunsInTheOrderOfItsDeadlinesWhateverTheOrderOfScheduling() {
        var queue = TimerQueue()
        let log = Log()
        for milliseconds in [50, 10, 40, 20, 30] {
            _ = queue.schedule(at: instant(UInt64(milliseconds))) { log.entries.append(milliseconds) }
        }
        #expect(due(&queue, at: 9, log: log) == [])
        #expect(due(&queue, at: 30, log: log) == [10, 20, 30])
        #expect(due(&queue, at: 100, log: log) == [40, 50])
        #expect(queue.count == 0)
    }

    @Test func equalDeadlinesKeepTheOrderTheyWereMadeIn() {
        var queue = TimerQueue()
        let log = Log()
        for number in 0..<20 { _ = queue.schedule(at: instant(5)) { log.entries.append(number) } }
        #expect(due(&queue, at: 5, log: log) == Array(0..<20))
    }

    @Test func cancelledWorkDoesNotRun() {
        var queue = TimerQueue()
        let log = Log()
        let token = queue.schedule(at: instant(5)) { log.entries.append(1) }
        _ = queue.schedule(at: instant(6)) { log.entries.append(2) }
        queue.cancel(token)
        queue.cancel(token)
        #expect(!token.isPending)
        #expect(due(&queue, at: 10, log: log) == [2])
    }

    @Test func cancellingAnyOfManyLeavesTheOthersInOrder() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var queue = TimerQueue()
            let log = Log()
            var tokens: [(deadline: Int, token: TimerToken)] = []
            for number in 0..<Int.random(in: 1...40, using: &random) {
                let deadline = Int.random(in: 0...20, using: &random)
                tokens.append(
                    (deadline * 100 + number, queue.schedule(at: instant(UInt64(deadline))) { log.entries.append(deadline * 100 + number) })
                )
            }
            tokens.shuffle(using: &random)
            for _ in 0..<Int.random(in: 0...tokens.count, using: &random) { queue.cancel(tokens.removeLast().token) }
            #expect(queue.count == tokens.count)
            #expect(due(&queue, at: 20, log: log) == tokens.map(\.deadline).sorted())
        }
    }

    @Test func laterTokensAreLeftWhenAskedFor() {
        var queue = TimerQueue()
        let log = Log()
        _ = queue.schedule(at: instant(5)) { log.entries.append(1) }
        let newest = queue.newest
        _ = queue.schedule(at: instant(5)) { log.entries.append(2) }
        while let work = queue.takeDue(at: instant(5), upTo: newest) { work() }
        #expect(log.entries == [1])
        #expect(due(&queue, at: 5, log: log) == [2])
    }

    @Test func reArmingManyTimesDoesNotGrowTheHeap() {
        var queue = TimerQueue()
        let log = Log()
        var token = queue.schedule(at: instant(1_000)) {}
        for round in 0..<10_000 {
            queue.cancel(token)
            token = queue.schedule(at: instant(1_000 + UInt64(round))) { log.entries.append(round) }
        }
        #expect(queue.count == 1)
        #expect(due(&queue, at: 100_000, log: log) == [9_999])
    }
}
