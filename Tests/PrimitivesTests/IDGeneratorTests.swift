import Primitives
import TestSupport
import Testing

/// DESIGN section 5: "40 bits milliseconds since 2026-01-01, 6 bits node, 7 bits sequence".
struct IDGeneratorTests {
    /// 2026-01-01T00:00:00Z.
    static let epoch = Timestamp(seconds: 1_767_225_600)
    static let now = epoch.adding(milliseconds: 123_456_789)

    /// The three parts of an id, taken apart with nothing of the generator's own.
    struct Parts: Equatable {
        var millisecond: Int64
        var node: Int64
        var sequence: Int64

        init(_ id: Int64) {
            millisecond = id / 8_192
            node = id / 128 % 64
            sequence = id % 128
        }

        init(millisecond: Int64, node: Int64, sequence: Int64) {
            self.millisecond = millisecond
            self.node = node
            self.sequence = sequence
        }
    }

    @Test(arguments: [(0, 0), (1, 1), (42, 42), (63, 63), (64, 0), (65, 1), (-1, 63)])
    func anIDCarriesTimeAndNode(_ node: Int, _ carried: Int64) {
        var generator = IDGenerator(node: node)
        let id = generator.next(at: Self.now)
        #expect(Parts(id) == Parts(millisecond: 123_456_789, node: carried, sequence: 0))
        #expect(IDGenerator.timestamp(of: id) == Self.now)
        #expect(generator.latest == id)
    }

    /// "borrow the next millisecond when full".
    @Test func aClockThatStandsStillBorrowsTheNextMillisecond() {
        var generator = IDGenerator(node: 5)
        for index in 0..<1_000 {
            let id = generator.next(at: Self.now)
            #expect(Parts(id) == Parts(millisecond: 123_456_789 + Int64(index) / 128, node: 5, sequence: Int64(index) % 128))
        }
    }

    @Test func whatWasBorrowedIsPaidBack() {
        var generator = IDGenerator(node: 5)
        for _ in 0..<129 { _ = generator.next(at: Self.now) }
        #expect(Parts(generator.next(at: Self.now.adding(milliseconds: 1))) == Parts(millisecond: 123_456_790, node: 5, sequence: 1))
        #expect(Parts(generator.next(at: Self.now.adding(milliseconds: 2))) == Parts(millisecond: 123_456_791, node: 5, sequence: 0))
    }

    /// "a clock that steps back never issues a smaller id".
    @Test(arguments: [1, 1_000, 3_600_000, 123_456_789, 4_000_000_000_000])
    func aClockThatStepsBackGoesOnFromWhereItWas(_ milliseconds: Int64) {
        var generator = IDGenerator(node: 63)
        var previous = generator.next(at: Self.now)
        for _ in 0..<300 {
            let id = generator.next(at: Self.now.adding(milliseconds: -milliseconds))
            #expect(id > previous)
            previous = id
        }
        #expect(Parts(previous) == Parts(millisecond: 123_456_791, node: 63, sequence: 44))
    }

    @Test func underAnyClockIDsRiseAndKeepTheirNode() {
        var random = SeededGenerator(seed: 53)
        var generator = IDGenerator(node: 17)
        var previous: Int64 = 0
        for _ in 0..<20_000 {
            let id = generator.next(at: Self.now.adding(milliseconds: Int64.random(in: -50...50, using: &random)))
            guard id > previous, Parts(id).node == 17 else {
                Issue.record("\(id) after \(previous)")
                return
            }
            previous = id
        }
    }

    @Test func aClockBeforeTheEpochMakesPositiveIDs() {
        for time in [Self.epoch, Self.epoch.adding(milliseconds: -1), Timestamp(seconds: 0), Timestamp(microseconds: .min)] {
            var generator = IDGenerator(node: 0)
            #expect(generator.next(at: time) == 1, "0 is no id.")
            #expect(generator.next(at: time) == 2)
        }
    }

    /// 40 bits of milliseconds last until 2060; the last of them still makes ids that a double holds exactly.
    @Test func idsAreSafeAsNumbersOfJSON() {
        let end = Self.epoch.adding(milliseconds: 1 << 40 - 1)
        for time in [end, end.adding(seconds: 1_000_000), Timestamp(microseconds: .max)] {
            var generator = IDGenerator(node: 63)
            for _ in 0..<127 { _ = generator.next(at: time) }
            let last = generator.next(at: time)
            #expect(last == 9_007_199_254_740_991, "Number.MAX_SAFE_INTEGER")
            #expect(Int64(Double(last)) == last)
        }
    }

    @Test func noTwoNodesMakeTheSameID() {
        var seen: Set<Int64> = []
        for node in 0..<64 {
            var generator = IDGenerator(node: node)
            for _ in 0..<256 { #expect(seen.insert(generator.next(at: Self.now)).inserted) }
        }
    }

    /// After a restart: the ids in the database are passed over, whoever made them.
    @Test(arguments: [0, 2, 4, 63], [0, 77, 127])
    func idsAreGreaterThanThoseThatAreThere(_ other: Int64, _ sequence: Int64) {
        let known = (123_456_789 * 64 + other) * 128 + sequence
        var generators = [IDGenerator(node: 3, after: known), IDGenerator(node: 3)]
        generators[1].advance(past: known)
        for index in generators.indices {
            #expect(generators[index].latest == known)
            var previous = known
            for _ in 0..<300 {
                let id = generators[index].next(at: Self.now)
                #expect(id > previous)
                #expect(Parts(id).node == 3)
                previous = id
            }
        }
    }

    @Test func passingOverASmallerIDChangesNothing() {
        var generator = IDGenerator(node: 3)
        let id = generator.next(at: Self.now)
        generator.advance(past: id - 1_000)
        generator.advance(past: -1)
        #expect(generator.latest == id)
        #expect(generator.next(at: Self.now) == id + 1)
        #expect(IDGenerator(node: 3, after: -5).latest == 0)
    }

    /// The generator is a value: whoever shares it puts a lock around it.
    final class SharedGenerator: Sendable {
        private let generator = Mutex(IDGenerator(node: 9))

        func next() -> Int64 { generator.withLock { $0.next(at: Timestamp.now()) } }
    }

    @Test func manyTasksBehindALockNeverShareAnID() async {
        let generator = SharedGenerator()
        let ids = await withTaskGroup(of: [Int64].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2_000).map { _ in generator.next() } }
            }
            var all: [Int64] = []
            for await made in group {
                #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 }, "Each task sees them rise.")
                all += made
            }
            return all
        }
        #expect(Set(ids).count == 16_000)
    }

    /// The promise of `smallestID`: ids made then or later are not smaller, ids of an earlier millisecond are.
    @Test(arguments: [0, 1, 499, 500, 999])
    func theSmallestIDOfATimePartsBeforeFromAfter(_ microseconds: Int64) {
        let time = Timestamp(microseconds: Self.now.microseconds + microseconds)
        let smallest = IDGenerator.smallestID(at: time)
        for node in [0, 63] {
            var present = IDGenerator(node: node)
            #expect(present.next(at: time) >= smallest)
            var past = IDGenerator(node: node)
            for _ in 0..<128 { #expect(past.next(at: time.adding(milliseconds: -1)) < smallest) }
        }
    }

    @Test func theSmallestIDStaysWithinTheBounds() {
        #expect(IDGenerator.smallestID(at: Self.epoch) == 0)
        #expect(IDGenerator.smallestID(at: Timestamp(seconds: 0)) == 0)
        #expect(IDGenerator.smallestID(at: Timestamp(microseconds: .min)) == 0)
        #expect(IDGenerator.smallestID(at: Timestamp(microseconds: .max)) == (1 << 40 - 1) << 13)
    }
}
