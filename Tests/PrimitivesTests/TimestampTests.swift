import Primitives
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            (0, 0), (1, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-999_999, -1), (-1_000_000, -1), (-1_000_001, -2),
            (.max, 9_223_372_036_854), (.min, -9_223_372_036_855),
        ] as [(Int64, Int64)])
    func wholeSecondsAreRoundedDown(_ microseconds: Int64, _ seconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).seconds == seconds)
    }

    @Test func timeGoesOnAndBack() {
        let start = Timestamp(seconds: 1_800_000_000)
        #expect(start.microseconds == 1_800_000_000_000_000)
        #expect(start.adding(seconds: 90).microseconds == 1_800_000_090_000_000)
        #expect(start.adding(milliseconds: 1).microseconds == 1_800_000_000_001_000)
        #expect(start.adding(seconds: -1) < start)
        #expect(start.adding(milliseconds: -1).adding(milliseconds: 1) == start)
        #expect(!(start < start))
    }

    /// No assumption but that the machine's clock is later than this line and that it does not step during the test.
    @Test func thePresentIsAfterThePast() {
        let first = Timestamp.now()
        #expect(first > Timestamp(seconds: 1_767_225_600))
        #expect(Timestamp.now() >= first)
    }
}
