import Reactor

/// What it costs to run work on a loop in the different ways, in nanoseconds each: `scripts/bench executor`.
@main
struct ExecutorBenchmark {
    static let rounds = 5
    static let count = 200_000

    static func main() async throws {
        let group = EventLoopGroup(count: 2)
        let loop = group.loops[0]
        let other = group.loops[1]
        let pool = WorkerPool(name: "bench", threads: 1, queueLimit: 16)
        let counter = try await loop.submit { LoopBound(LoopCounter(), loop: loop) }
        let resident = LoopActor(loop: loop)

        print("nanoseconds each, median of \(rounds) rounds of \(count) (hops: of \(count / 20))")
        await report("call through a closure") { await onLoop(loop) { repeatCount { counter.value.callDirectly() } } }
        await report("async handler started on the loop, no suspension") {
            await onLoop(loop) { repeatCount { loop.start { await counter.value.handle() } } }
        }
        await report("await an actor of the same loop") { await within(loop) { for _ in 0..<count { await resident.touch() } } }
        await report("hop to another loop and back", scale: 20) {
            await within(loop) { for _ in 0..<count / 20 { _ = try? await other.submit { 1 } } }
        }
        await report("hop to a worker thread and back", scale: 20) {
            await within(loop) { for _ in 0..<count / 20 { _ = try? await pool.run { 1 } } }
        }
        pool.stop()
        group.stop()
    }

    static func repeatCount(_ body: () -> Void) {
        for _ in 0..<count { body() }
    }

    /// The time of synchronous work on a loop.
    static func onLoop(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) async -> Duration {
        (try? await loop.submit { ContinuousClock().measure(body) }) ?? .zero
    }

    /// The time of asynchronous work on a loop.
    static func within(_ loop: EventLoop, _ body: @escaping @Sendable () async -> Void) async -> Duration {
        await withCheckedContinuation { continuation in
            loop.execute {
                loop.start {
                    let time = await ContinuousClock().measure { await body() }
                    continuation.resume(returning: time)
                }
            }
        }
    }

    static func report(_ name: String, scale: Int = 1, _ measure: () async -> Duration) async {
        var times: [Duration] = []
        for _ in 0..<rounds { times.append(await measure()) }
        let median = times.sorted()[rounds / 2]
        let nanoseconds = Double(median.components.seconds) * 1e9 + Double(median.components.attoseconds) / 1e9
        let each = Int((nanoseconds / Double(count / scale)).rounded())
        print("  \(String(repeating: " ", count: max(0, 7 - String(each).count)))\(each)  \(name)")
    }
}

/// Something that belongs to a loop and is touched by a handler.
final class LoopCounter {
    private var value = 0

    @inline(never) func callDirectly() {
        value += 1
    }

    @inline(never) func handle() async {
        value += 1
    }
}

/// An actor whose executor is a loop.
actor LoopActor {
    private let loop: EventLoop
    private var value = 0

    init(loop: EventLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func touch() {
        value += 1
    }
}
