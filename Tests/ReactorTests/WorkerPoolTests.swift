import Primitives
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
    /// Which threads run so many pieces of work.
    ///
    /// - Parameter meeting: where each waits until all of them run.
    private static func threads(of pool: WorkerPool, works: Int, meeting: Barrier? = nil) async throws -> Set<Int> {
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<works {
                tasks.addTask {
                    try await pool.run {
                        meeting?.arrive()
                        return pthread_self().hashValue
                    }
                }
            }
            return try await tasks.reduce(into: []) { $0.insert($1) }
        }
    }

    @Test func workThatComesOneAfterTheOtherNeedsOneThread() async throws {
        let pool = WorkerPool(name: "calm", threads: 8, queueLimit: 100)
        var threads: Set<Int> = []
        for _ in 0..<200 { threads.formUnion(try await Self.threads(of: pool, works: 1)) }
        #expect(threads.count == 1)
        await Task.detached { pool.stop() }.value
    }

    /// It would hang with a thread less.
    @Test(arguments: [1, 2, 8]) func workThatComesAtOnceHasAllThreads(_ count: Int) async throws {
        let pool = WorkerPool(name: "busy", threads: count, queueLimit: 100)
        for _ in 0..<20 { #expect(try await Self.threads(of: pool, works: count, meeting: Barrier(count: count)).count == count) }
        await Task.detached { pool.stop() }.value
    }

    @Test func thereAreNeverMoreThreadsThanAllowed() async throws {
        let pool = WorkerPool(name: "few", threads: 3, queueLimit: 1_000)
        #expect(try await Self.threads(of: pool, works: 500).count <= 3)
        await Task.detached { pool.stop() }.value
    }

    @Test func whatWaitsIsFinishedBeforeTheThreadsEnd() async throws {
        let pool = WorkerPool(name: "last", threads: 4, queueLimit: 1_000)
        let done = Mutex(0)
        for _ in 0..<500 { #expect(pool.submit { done.withLock { $0 += 1 } }) }
        await Task.detached { pool.stop() }.value
        #expect(done.withLock { $0 } == 500)
        #expect(!pool.submit {})
        await #expect(throws: WorkerPoolError.stopped(pool: "last")) { try await pool.run {} }
    }
}
