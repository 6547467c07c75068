import Primitives
import TestSupport
import Testing

struct RFC3339Tests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            (1_746_966_896_000_001, "2025-05-11T12:34:56Z", "2025-05-11T12:34:56.000001Z"),
            (951_868_799_999_999, "2000-02-29T23:59:59Z", "2000-02-29T23:59:59.999999Z"),
            (-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String, String)])
    func momentsAreWrittenAndRead(_ microseconds: Int64, _ text: String, _ exact: String) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(moment.rfc3339 == text)
        #expect(moment.rfc3339Microseconds == exact)
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: moment.seconds))
        #expect(Timestamp(rfc3339: exact) == moment)
    }

    /// RFC 3339 has four digits for the year: what is beyond keeps the form.
    @Test(arguments: [Int64.min, -62_167_219_200_000_001, 253_402_300_800_000_000, .max])
    func momentsBeyondTheFormStillFitIt(_ microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        let year = microseconds < 0 ? "0000" : "9999"
        #expect(moment.rfc3339.hasPrefix("\(year)-"))
        #expect(moment.rfc3339.utf8.count == 20)
        #expect(moment.rfc3339Microseconds.utf8.count == 27)
    }

    /// RFC 3339 section 5.8; the leap second is taken as the one before it.
    @Test(
        arguments: [
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000), ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
            ("1990-12-31T23:59:60Z", 662_687_999_000_000), ("1990-12-31T15:59:60-08:00", 662_687_999_000_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
        ] as [(String, Int64)])
    func theExamplesOfTheRFCAreRead(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    /// 5.6: T and Z may be in lower case, a space may stand for T; 4.3: an unknown offset is `-00:00`.
    @Test(
        arguments: [
            "2025-05-11t12:34:56z", "2025-05-11 12:34:56Z", "2025-05-11T12:34:56+00:00", "2025-05-11T12:34:56-00:00",
            "2025-05-11T14:34:56+02:00", "2025-05-11T07:04:56-05:30", "2025-05-12T12:33:56+23:59", "2025-05-10T12:35:56-23:59",
            "2025-05-11T12:34:56.0Z", "2025-05-11T12:34:56.0000009Z",
        ])
    func oneMomentHasManyTexts(_ text: String) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: 1_746_966_896))
    }

    @Test(arguments: [("5", 500_000), ("05", 50_000), ("000001", 1), ("1234567890123456789012345", 123_456), ("999999999", 999_999)])
    func sixDigitsOfAFractionCount(_ digits: String, _ microseconds: Int64) {
        #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.\(digits)Z")?.microseconds == microseconds)
        #expect(Timestamp(rfc3339: "1969-12-31T23:59:59.\(digits)Z")?.microseconds == microseconds - 1_000_000)
    }

    @Test(arguments: [
        ("2024-02-29T00:00:00Z", true), ("2025-02-29T00:00:00Z", false), ("2000-02-29T00:00:00Z", true), ("1900-02-29T00:00:00Z", false),
    ])
    func theLeapDayIsReadInLeapYearsOnly(_ text: String, _ isRead: Bool) {
        #expect((Timestamp(rfc3339: text) != nil) == isRead)
    }

    @Test(
        arguments: [
            "", "2025", "2025-05-11", "2025-05-11T12:34Z", "2025-05-11T12:34:56", "2025-05-11T12:34:56.Z", "2025-05-11T12:34:56,5Z",
            "2025-05-11T12:34:56+02", "2025-05-11T12:34:56+0200", "2025-05-11T12:34:56+24:00", "2025-05-11T12:34:56+02:60",
            "2025-05-11T12:34:56 Z", "2025-05-11T12:34:56Z ", " 2025-05-11T12:34:56Z", "2025-05-11T12:34:56ZZ", "2025-05-11T12:34:56Z\u{0}",
            "2025-05-11T12:34:56Z+01:00", "2025-05-11_12:34:56Z", "2025/05/11T12:34:56Z", "25-05-11T12:34:56Z", "12025-05-11T12:34:56Z",
            "-2025-05-11T12:34:56Z", "+2025-05-11T12:34:56Z", "2025-5-11T12:34:56Z", "2025-05-11T2:34:56Z", "2025-00-11T12:34:56Z",
            "2025-13-11T12:34:56Z", "2025-05-00T12:34:56Z", "2025-05-32T12:34:56Z", "2025-04-31T12:34:56Z", "2025-05-11T24:00:00Z",
            "2025-05-11T12:60:56Z", "2025-05-11T12:34:61Z", "2025-05-11T-1:34:56Z", "2025-05-11T12:34:56.-5Z", "２025-05-11T12:34:56Z",
            "2025-05-11T12:34:5éZ", "2025-W19-7T12:34:56Z", "1746966896",
        ])
    func otherTextsAreRefused(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func anyMomentComesBack() {
        var generator = SeededGenerator(seed: 3_339)
        for _ in 0..<2_000 {
            let moment = Timestamp(microseconds: Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &generator))
            #expect(Timestamp(rfc3339: moment.rfc3339Microseconds) == moment)
        }
    }
}
