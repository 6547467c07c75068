import Primitives
import TestSupport
import Testing

/// RFC 9110 5.6.7.
struct HTTPDateTests {
    static let example = Timestamp(seconds: 784_111_777)

    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func momentsAreWrittenAndRead(_ seconds: Int64, _ text: String) {
        #expect(Timestamp(seconds: seconds).httpDate == text)
        #expect(Timestamp(httpDate: text) == Timestamp(seconds: seconds))
    }

    @Test func everyMonthAndWeekdayHasItsName() {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekdays = ["Thu", "Sun", "Sun", "Wed", "Fri", "Mon", "Wed", "Sat", "Tue", "Thu", "Sun", "Tue"]
        for (month, weekday) in zip(months, weekdays) {
            let text = "\(weekday), 01 \(month) 2026 00:00:00 GMT"
            #expect(Timestamp(httpDate: text)?.httpDate == text)
        }
    }

    @Test func partsOfASecondAreLeftOut() {
        #expect(Timestamp(microseconds: 784_111_777_999_999).httpDate == Self.example.httpDate)
        #expect(Timestamp(microseconds: -1).httpDate == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    /// The form has four digits for the year, as RFC 3339 has.
    @Test(arguments: [(Int64.min, "0000"), (-62_167_219_200_000_001, "0000"), (253_402_300_800_000_000, "9999"), (.max, "9999")])
    func momentsBeyondTheFormStillFitIt(_ microseconds: Int64, _ year: String) {
        let text = Timestamp(microseconds: microseconds).httpDate
        #expect(text.utf8.count == 29)
        #expect(text.dropFirst(12).prefix(4) == year)
    }

    /// "Recipients of timestamp values MUST accept all three HTTP-date formats"; a wrong weekday does no harm.
    @Test(
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
            "Wednesday, 06-Nov-94 08:49:37 GMT",
        ])
    func allThreeFormsAreRead(_ text: String) {
        #expect(Timestamp(httpDate: text, now: Timestamp(seconds: 1_800_000_000)) == Self.example)
    }

    @Test func aDayOfTwoDigitsIsReadInEachForm() {
        let moment = Timestamp(seconds: 784_975_777)
        for text in ["Wed, 16 Nov 1994 08:49:37 GMT", "Wednesday, 16-Nov-94 08:49:37 GMT", "Wed Nov 16 08:49:37 1994"] {
            #expect(Timestamp(httpDate: text, now: Timestamp(seconds: 1_800_000_000)) == moment)
        }
    }

    /// "a timestamp that appears to be more than 50 years in the future" is "the most recent year in the past that had the same last two digits".
    @Test(
        arguments: [
            (2026, "26", 2026), (2026, "27", 2027), (2026, "75", 2075), (2026, "77", 1977), (2026, "99", 1999), (2026, "00", 2000),
            (2049, "00", 2000), (2051, "00", 2100), (2099, "00", 2100), (2099, "50", 2050), (2099, "49", 2149), (2001, "52", 1952),
        ])
    func aYearOfTwoDigitsIsAtMost50YearsAhead(_ present: Int, _ digits: String, _ meant: Int) throws {
        let now = try #require(Timestamp(rfc3339: "\(present)-01-01T00:00:00Z"))
        let read = try #require(Timestamp(httpDate: "Sunday, 06-Nov-\(digits) 08:49:37 GMT", now: now))
        #expect(read.rfc3339 == "\(meant)-11-06T08:49:37Z")
    }

    @Test func aLeapSecondIsTheSecondBeforeIt() {
        #expect(Timestamp(httpDate: "Sat, 31 Dec 2016 23:59:60 GMT") == Timestamp(seconds: 1_483_228_799))
    }

    @Test(
        arguments: [
            "", "GMT", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 gmt",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 06 Nov 1994 08:49:37 GMT ",
            " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 November 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 994 08:49:37 GMT", "Sun, 06 Nov 11994 08:49:37 GMT",
            "Sun, 006 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
            "Wed, 29 Feb 1995 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37.5 GMT",
            "Sun 06 Nov 1994 08:49:37 GMT",
            "Sun,06 Nov 1994 08:49:37 GMT", "Sun,,, 06---Nov 1994 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 94",
            "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov  6 1994 08:49:37", "Nov  6 08:49:37 1994", "Sun, 0６ Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994\t08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "784111777",
        ])
    func otherTextsAreRefused(_ text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }

    @Test func anyWholeSecondComesBack() {
        var generator = SeededGenerator(seed: 9_110)
        for _ in 0..<2_000 {
            let moment = Timestamp(seconds: Int64.random(in: -62_167_219_200...253_402_300_799, using: &generator))
            #expect(Timestamp(httpDate: moment.httpDate) == moment)
        }
    }
}
