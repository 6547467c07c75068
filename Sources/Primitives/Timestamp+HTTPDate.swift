extension Timestamp {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// IMF-fixdate of RFC 9110 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var httpDate: String {
        let date = CivilDate(secondsSinceEpoch: seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let year = String(min(max(date.year, 0), 9_999))
        let padded = String(repeating: "0", count: 4 - year.utf8.count) + year
        return "\(Self.weekdays[date.weekday]), \(two(date.day)) \(Self.months[date.month - 1]) \(padded) "
            + "\(two(date.hour)):\(two(date.minute)):\(two(date.second)) GMT"
    }

    /// Reads the three forms of RFC 9110 5.6.7: IMF-fixdate, RFC 850 and asctime. Nil for anything else; the name of the weekday is not checked.
    ///
    /// - Parameter now: the year of RFC 850 has two digits, and means the last such year that is at most 50 years ahead of this moment.
    public init?(httpDate text: some StringProtocol, now: Timestamp = .now()) {
        var reader = DigitReader(text)
        guard !reader.letters().isEmpty,
            let date = reader.take(",") ? Self.dayBeforeMonth(&reader, now: now) : Self.monthBeforeDay(&reader), reader.isAtEnd
        else { return nil }
        self.init(seconds: date.secondsSinceEpoch)
    }

    /// ` 06 Nov 1994 08:49:37 GMT` of IMF-fixdate, or ` 06-Nov-94 08:49:37 GMT` of RFC 850.
    private static func dayBeforeMonth(_ reader: inout DigitReader, now: Timestamp) -> CivilDate? {
        guard reader.take(" "), let day = reader.number(digits: 2) else { return nil }
        let isRFC850 = reader.take("-")
        guard isRFC850 || reader.take(" "), let month = month(&reader), reader.take(isRFC850 ? "-" : " "),
            var year = reader.number(digits: isRFC850 ? 2 : 4), reader.take(" "), let time = time(&reader), reader.take(" "),
            reader.letters() == "GMT"
        else { return nil }
        if isRFC850 {
            let last = Int(CivilDate(secondsSinceEpoch: now.seconds).year) + 50
            year = last - ((last - year) % 100 + 100) % 100
        }
        return CivilDate(year: Int64(year), month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
    }

    /// ` Nov  6 08:49:37 1994` of asctime.
    private static func monthBeforeDay(_ reader: inout DigitReader) -> CivilDate? {
        guard reader.take(" "), let month = month(&reader), reader.take(" "),
            let day = reader.take(" ") ? reader.number(digits: 1) : reader.number(digits: 2), reader.take(" "), let time = time(&reader),
            reader.take(" "), let year = reader.number(digits: 4)
        else { return nil }
        return CivilDate(year: Int64(year), month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
    }

    private static func month(_ reader: inout DigitReader) -> Int? {
        months.firstIndex(of: reader.letters()).map { $0 + 1 }
    }

    private static func time(_ reader: inout DigitReader) -> (hour: Int, minute: Int, second: Int)? {
        guard let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2)
        else { return nil }
        return (hour, minute, second)
    }
}
