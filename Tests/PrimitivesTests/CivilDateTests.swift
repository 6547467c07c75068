import Testing

@testable import Primitives

/// The proleptic Gregorian calendar.
struct CivilDateTests {
    struct Known: CustomTestStringConvertible, Sendable {
        var seconds: Int64
        var date: [Int]
        var weekday: Int
        var testDescription: String { "\(seconds)" }
    }

    /// The numbers are those of GNU date.
    static let known: [Known] = [
        Known(seconds: 0, date: [1970, 1, 1, 0, 0, 0], weekday: 4),
        Known(seconds: -1, date: [1969, 12, 31, 23, 59, 59], weekday: 3),
        Known(seconds: 784_111_777, date: [1994, 11, 6, 8, 49, 37], weekday: 0),
        Known(seconds: 951_782_400, date: [2000, 2, 29, 0, 0, 0], weekday: 2),
        Known(seconds: 951_868_799, date: [2000, 2, 29, 23, 59, 59], weekday: 2),
        Known(seconds: 951_868_800, date: [2000, 3, 1, 0, 0, 0], weekday: 3),
        Known(seconds: 1_767_225_600, date: [2026, 1, 1, 0, 0, 0], weekday: 4),
        Known(seconds: 2_147_483_648, date: [2038, 1, 19, 3, 14, 8], weekday: 2),
        Known(seconds: 4_107_542_400, date: [2100, 3, 1, 0, 0, 0], weekday: 1),
        Known(seconds: 253_402_300_799, date: [9999, 12, 31, 23, 59, 59], weekday: 5),
        Known(seconds: -2_203_891_200, date: [1900, 3, 1, 0, 0, 0], weekday: 4),
        Known(seconds: -62_135_596_800, date: [1, 1, 1, 0, 0, 0], weekday: 1),
        Known(seconds: -62_167_219_200, date: [0, 1, 1, 0, 0, 0], weekday: 6),
        Known(seconds: -62_167_219_201, date: [-1, 12, 31, 23, 59, 59], weekday: 5),
    ]

    @Test(arguments: known) func knownMomentsHaveTheirDates(_ known: Known) {
        let date = CivilDate(secondsSinceEpoch: known.seconds)
        #expect([Int(date.year), date.month, date.day, date.hour, date.minute, date.second] == known.date)
        #expect(date.weekday == known.weekday)
        #expect(date.secondsSinceEpoch == known.seconds)
    }

    /// Day after day through two cycles of 400 years, against a calendar that only counts.
    @Test func everyDayFollowsTheDayBefore() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (year, month, day, weekday) = (1600, 1, 1, 6)
        var seconds: Int64 = -11_676_096_000
        while year < 2401 {
            let date = CivilDate(secondsSinceEpoch: seconds)
            guard date.year == Int64(year), date.month == month, date.day == day, date.weekday == weekday, date.secondsSinceEpoch == seconds
            else {
                Issue.record("\(seconds) is \(year)-\(month)-\(day), weekday \(weekday), not \(date)")
                return
            }
            let isLeapYear = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let length = month == 2 && isLeapYear ? 29 : lengths[month - 1]
            day += 1
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            weekday = (weekday + 1) % 7
            seconds += 86_400
        }
    }

    @Test func everySecondOfADayHasItsTime() {
        for second in 0..<86_400 {
            let date = CivilDate(secondsSinceEpoch: -86_400 + Int64(second))
            guard date.hour == second / 3_600, date.minute == second / 60 % 60, date.second == second % 60, date.day == 31 else {
                Issue.record("\(second) is not \(date)")
                return
            }
        }
    }

    @Test(arguments: [
        (2000, true), (2024, true), (2400, true), (1900, false), (2026, false), (2100, false), (0, true), (-100, false), (-4, true),
    ])
    func februaryHas29DaysInLeapYears(_ year: Int64, _ isLeapYear: Bool) {
        #expect(CivilDate(year: year, month: 2, day: 28, hour: 0, minute: 0, second: 0) != nil)
        #expect((CivilDate(year: year, month: 2, day: 29, hour: 0, minute: 0, second: 0) != nil) == isLeapYear)
        #expect(CivilDate(year: year, month: 2, day: 30, hour: 0, minute: 0, second: 0) == nil)
    }

    @Test func aMonthHasItsDays() {
        for (index, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
            #expect(CivilDate(year: 2026, month: index + 1, day: length, hour: 0, minute: 0, second: 0) != nil)
            #expect(CivilDate(year: 2026, month: index + 1, day: length + 1, hour: 0, minute: 0, second: 0) == nil)
        }
    }

    @Test(
        arguments: [
            [0, 1, 0, 0, 0], [13, 1, 0, 0, 0], [-1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [1, -1, 0, 0, 0], [1, 1, 24, 0, 0], [1, 1, -1, 0, 0],
            [1, 1, 0, 60, 0], [1, 1, 0, -1, 0], [1, 1, 0, 0, 61], [1, 1, 0, 0, -1],
        ])
    func whatIsNoDayOrTimeIsRefused(_ parts: [Int]) {
        #expect(CivilDate(year: 2026, month: parts[0], day: parts[1], hour: parts[2], minute: parts[3], second: parts[4]) == nil)
    }

    @Test func aLeapSecondIsTheSecondBeforeIt() {
        let leap = CivilDate(year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 60)
        #expect(leap == CivilDate(year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 59))
        #expect(leap?.secondsSinceEpoch == 1_483_228_799)
    }
}
