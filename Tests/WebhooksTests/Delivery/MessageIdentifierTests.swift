import Primitives
import Testing

@testable import Webhooks

struct MessageIdentifierTests {
    /// contracts/cosmos.md 8.2: "webhook-id = `msg_` + 26-char ULID". The time of the ULID specification's example: 1469918176385 is 01ARYZ6S41.
    @Test func theTimeStandsFirst() {
        let time = Timestamp(microseconds: 1_469_918_176_385_000)
        #expect(MessageIdentifier.make(at: time, random: Array(repeating: 0, count: 10)) == "msg_01ARYZ6S410000000000000000")
        #expect(MessageIdentifier.make(at: time, random: Array(repeating: 255, count: 10)) == "msg_01ARYZ6S41ZZZZZZZZZZZZZZZZ")
    }

    /// 80 random bits in 16 digits of five, the first bit first.
    @Test func theRandomBitsFollow() {
        let time = Timestamp(microseconds: 0)
        #expect(MessageIdentifier.make(at: time, random: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) == "msg_00000000000000000000000001")
        #expect(MessageIdentifier.make(at: time, random: [0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == "msg_00000000001000000000000000")
    }

    /// 8: "id and timestamp must not contain `.`"; later ids sort behind.
    @Test func laterOnesSortBehind() {
        let ids = (0..<50).map {
            MessageIdentifier.make(at: Timestamp(seconds: 1_800_000_000 + $0 * 40), random: Array(repeating: 7, count: 10))
        }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.utf8.count == 30 && !$0.contains(".") })
    }
}
