internal import Primitives

/// Names for people who have a name elsewhere.
enum ImportedName {
    /// Leaves room for a number behind a name that is taken.
    private static let length = 24

    /// What is left of a name when only the characters of usernames stay; `user` when that is too little or means everybody.
    static func username(from name: String) -> String {
        let characters = name.unicodeScalars.compactMap { scalar -> Character? in
            if scalar == " " { return "-" }
            guard scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_.-".unicodeScalars.contains(scalar)
            else { return nil }
            return Character(scalar)
        }
        let base = String(characters.prefix(length))
        var checks = FieldChecks()
        checks.username(base)
        return checks.isGood ? base : "user"
    }

    /// The same with a number of at most 16 digits, as ids are.
    static func username(from name: String, number: Int64) -> String {
        let digits = String(number)
        return "\(username(from: name).prefix(Limits.username.upperBound - 1 - digits.count))-\(digits)"
    }

    /// As much of a name as can be shown; nil when nothing is left.
    static func displayName(from name: String) -> String? {
        let shown = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.properties.generalCategory != .control })).trimmed
        let start = String(String.UnicodeScalarView(shown.unicodeScalars.prefix(Limits.displayName.upperBound))).trimmed
        var checks = FieldChecks()
        checks.line(start, in: Limits.displayName, "display_name")
        return checks.isGood ? start : nil
    }
}
