import Primitives
import Reactor
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func workFromAnotherThreadRunsOnTheLoopInOrder() async throws {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let seen = Mutex<[Int]>([])
        for number in 0..<1_000 {
            loop.execute {
                #expect(loop.isCurrent)
                seen.withLock { $0.append(number) }
            }
        }
        _ = try await loop.submit { true }
        #expect(seen.withLock { $0 } == Array(0..<1_000))
        await Task.detached { group.stop() }.value
    }

    /// Else two loops that are told of two things, in one order, would do them in two.
    @Test func workOfTheLoopItselfRunsAfterWhatAnotherThreadHandedOverBefore() async throws {
        let group = EventLoopGroup(count: 2)
        let (loop, other) = (group.loops[0], group.loops[1])
        let handedOver = Semaphore()
        let seen = await withCheckedContinuation { continuation in
            let seen = Mutex<[String]>([])
            loop.execute {
                other.execute {
                    loop.execute { seen.withLock { $0.append("another's") } }
                    handedOver.signal()
                }
                handedOver.wait()
                loop.execute {
                    seen.withLock { $0.append("its own") }
                    continuation.resume(returning: seen.withLock { $0 })
                }
            }
        }
        #expect(seen == ["another's", "its own"])
        await Task.detached { group.stop() }.value
    }

    @Test func aTaskStartedOnALoopStaysThereAcrossSuspensions() async throws {
        let group = EventLoopGroup(count: 2)
        let pool = WorkerPool(name: "test", threads: 1, queueLimit: 10)
        for loop in group.loops {
            let stayed = await withCheckedContinuation { continuation in
                loop.execute {
                    loop.start {
                        var stayed = loop.isCurrent
                        let onWorker = try? await pool.run { EventLoop.current == nil }
                        stayed = stayed && loop.isCurrent && onWorker == true
                        await Task.yield()
                        continuation.resume(returning: stayed && loop.isCurrent)
                    }
                }
            }
            #expect(stayed)
        }
        await Task.detached {
            pool.stop()
            group.stop()
        }.value
    }

    @Test func anActorBoundToALoopRunsOnIt() async throws {
        actor Bound {
            let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
            init(loop: EventLoop) { self.loop = loop }
            func isOnLoop() -> Bool { loop.isCurrent }
        }
        let group = EventLoopGroup(count: 1)
        #expect(await Bound(loop: group.loops[0]).isOnLoop())
        await Task.detached { group.stop() }.value
    }

    @Test func timersFireOnceAndNotBeforeTheirTime() async throws {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let waited = await withCheckedContinuation { continuation in
            loop.execute {
                let start = loop.now
                loop.schedule(after: .milliseconds(50)) { continuation.resume(returning: loop.now - start) }
            }
        }
        #expect(waited >= .milliseconds(49))
        #expect(waited < .seconds(10))
        await Task.detached { group.stop() }.value
    }

    /// Else a chain of such timers would keep sockets and tasks waiting until its end.
    @Test func workWithoutDelayThatATimerSchedulesWaitsForTheNextTick() async throws {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let order = Mutex<[String]>([])
        await withCheckedContinuation { continuation in
            loop.execute {
                loop.schedule(after: .zero) {
                    loop.execute { order.withLock { $0.append("job") } }
                    loop.schedule(after: .zero) {
                        order.withLock { $0.append("second timer") }
                        continuation.resume()
                    }
                    order.withLock { $0.append("first timer") }
                }
            }
        }
        #expect(order.withLock { $0 } == ["first timer", "job", "second timer"])
        await Task.detached { group.stop() }.value
    }

    @Test func aFullWorkerQueueRefusesMoreByItsLimit() async throws {
        let pool = WorkerPool(name: "small", threads: 1, queueLimit: 1)
        let refused: WorkerPoolError? = await withTaskGroup(of: WorkerPoolError?.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    do {
                        try await pool.run { _ = (0..<2_000_000).reduce(0, &+) }
                        return nil
                    } catch {
                        return error as? WorkerPoolError
                    }
                }
            }
            var refusal: WorkerPoolError?
            for await result in tasks { refusal = result ?? refusal }
            return refusal
        }
        #expect(refused == .queueFull(pool: "small", limit: 1))
        await Task.detached { pool.stop() }.value
    }

    /// Whoever waits for a loop that is gone would wait for ever.
    @Test func aStoppedLoopRefusesWork() async throws {
        let group = EventLoopGroup(count: 1)
        let loop = group.next()
        await Task.detached { group.stop() }.value
        await #expect(throws: EventLoopStopped.self) { try await loop.submit { 1 } }
    }

    /// Work that is done is let go, with the files and secrets that it holds.
    @Test func aPoolKeepsNothingOfWhatIsDone() async throws {
        final class Held: Sendable {}
        let pool = WorkerPool(name: "small", threads: 1, queueLimit: 8)
        weak var weakHeld: Held?
        do {
            let held = Held()
            weakHeld = held
            try await pool.run { withExtendedLifetime(held) {} }
        }
        // The thread lets go of it right after it has answered.
        for _ in 0..<1_000 where weakHeld != nil { try await Task.sleep(for: .milliseconds(1)) }
        #expect(weakHeld == nil)
        await Task.detached { pool.stop() }.value
    }
}
