import Primitives
import Testing

struct SharedWorkTests {
    private struct Refusal: Error, Equatable {}

    /// Counts how often work was done, and holds it until the test lets go.
    private final class Worker: Sendable {
        private let shared = SharedWork<Int>()
        private let count = Mutex(0)
        private let begun = AsyncStream.makeStream(of: Void.self)
        private let gate = AsyncStream.makeStream(of: Void.self)

        func answer() async throws -> Int {
            try await shared.value(for: "a") {
                begun.continuation.yield()
                for await _ in gate.stream { break }
                return count.withLock { count in
                    count += 1
                    return count
                }
            }
        }

        func other() async throws -> Int { try await shared.value(for: "b") { 0 } }

        func wait() async {
            for await _ in begun.stream { break }
        }

        func letGo() { gate.continuation.finish() }
    }

    /// Those who come while one works wait for what it gets; who comes later works anew.
    @Test func manyWhoAskAtOnceShareOneAnswer() async throws {
        let worker = Worker()
        let first = Task { try await worker.answer() }
        await worker.wait()
        let others = (1...20).map { _ in Task { try await worker.answer() } }
        // Something else is done meanwhile, and gives the others time to come.
        for _ in 1...100 {
            #expect(try await worker.other() == 0)
            await Task.yield()
        }
        worker.letGo()
        #expect(try await first.value == 1)
        // Whoever has come too late has worked once more: that is not the rule.
        var shared = 0
        for other in others where try await other.value == 1 { shared += 1 }
        #expect(shared > 10)
        #expect(try await worker.answer() > 1)
    }

    @Test func whoWaitsGetsTheErrorToo() async throws {
        let work = SharedWork<Int>()
        await #expect(throws: Refusal()) {
            _ = try await work.value(for: "a") { () throws(Refusal) -> Int in throw Refusal() }
        }
        #expect(try await work.value(for: "a") { 1 } == 1)
    }
}
