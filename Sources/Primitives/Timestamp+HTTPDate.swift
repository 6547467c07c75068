extension Timestamp {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// IMF-fixdate of RFC 9110 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var httpDate: String {
        let date = CivilDate(secondsSinceEpoch: seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let year = String(date.year)
        let padded = String(repeating: "0", count: max(0, 4 - year.utf8.count)) + year
        return "\(Self.weekdays[date.weekday]), \(two(date.day)) \(Self.months[date.month - 1]) \(padded) "
            + "\(two(date.hour)):\(two(date.minute)):\(two(date.second)) GMT"
    }

    /// Reads the three forms of RFC 9110 5.6.7: IMF-fixdate, RFC 850 and asctime. The name of the weekday is not checked.
    public init?(httpDate text: some StringProtocol) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" })
        let parts: (day: Substring, month: Substring, year: Substring, time: Substring)
        switch (words.count, words.last) {
        case (6, "GMT"): parts = (Substring(words[1]), Substring(words[2]), Substring(words[3]), Substring(words[4]))
        case (5, _): parts = (Substring(words[2]), Substring(words[1]), Substring(words[4]), Substring(words[3]))
        default: return nil
        }
        guard let month = Self.months.firstIndex(of: String(parts.month)), let day = Self.number(parts.day, digits: 1...2),
            var year = Self.number(parts.year, digits: 2...4)
        else { return nil }
        // RFC 850 has two digits of the year: those that are more than 50 years ahead mean the past century.
        if parts.year.utf8.count == 2 { year += year < 70 ? 2_000 : 1_900 }
        var time = DigitReader(parts.time)
        guard let hour = time.number(digits: 2), time.take(":"), let minute = time.number(digits: 2), time.take(":"),
            let second = time.number(digits: 2), time.isAtEnd,
            let date = CivilDate(year: Int64(year), month: month + 1, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(seconds: date.secondsSinceEpoch)
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
