internal import Primitives

/// Ids of what is sent: `msg_` and a ULID, 48 bits of milliseconds and 80 random ones in Crockford's base 32. All attempts of one delivery have one.
enum MessageIdentifier {
    /// - Parameter random: 10 bytes.
    static func make(at now: Timestamp, random: [UInt8]) -> String {
        let milliseconds = UInt64(max(now.microseconds / 1_000, 0))
        let time = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - $0 * 8)) }
        // 128 bits in 26 digits of five: two zero bits stand before them.
        let bits = [0] + time + random.prefix(10)
        var digits = ""
        for digit in 0..<26 {
            let start = digit * 5 + 6
            let pair = UInt16(bits[start / 8]) << 8 | UInt16(start / 8 + 1 < bits.count ? bits[start / 8 + 1] : 0)
            let value = UInt8(truncatingIfNeeded: pair >> UInt16(11 - start % 8)) & 31
            digits += CrockfordBase32.encode([value << 3]).prefix(1)
        }
        return "msg_" + digits
    }
}
