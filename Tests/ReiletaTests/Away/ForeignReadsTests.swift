import Primitives
import Testing

@testable import Reileta

/// contracts/reileta.md 3.3: external reads are remembered for 60 s.
struct ForeignReadsTests {
    /// Answers with how often it was asked.
    private final class Source: Sendable {
        private let count = Mutex<UInt8>(0)

        func read() -> [UInt8] {
            count.withLock { count in
                count += 1
                return [count]
            }
        }
    }

    @Test func anAnswerCountsForAMinute() async throws {
        let passed = Mutex(Duration.zero)
        let begin = ContinuousClock.now
        let reads = ForeignReads(now: { begin + passed.withLock { $0 } })
        let source = Source()
        #expect(try await reads.data("a") { source.read() } == [1])
        passed.withLock { $0 = .milliseconds(59_999) }
        #expect(try await reads.data("a") { source.read() } == [1])
        #expect(try await reads.data("b") { source.read() } == [2])
        passed.withLock { $0 = .seconds(60) }
        #expect(try await reads.data("a") { source.read() } == [3])
    }

    @Test func whatFailsIsNotRemembered() async throws {
        let reads = ForeignReads()
        await #expect(throws: Failure.self) { _ = try await reads.data("a") { throw Failure(.noResponseFromServer) } }
        #expect(try await reads.data("a") { [1] } == [1])
    }

    /// What is larger than all that is kept together goes past, and the others stay.
    @Test func whatIsTooLargeIsPassedOnOnly() async throws {
        let reads = ForeignReads()
        let source = Source()
        #expect(try await reads.data("small") { source.read() } == [1])
        let large = [UInt8](repeating: 0, count: 9 << 20)
        #expect(try await reads.data("large") { large } == large)
        #expect(try await reads.data("large") { source.read() } == [2])
    }
}
