/// Usernames for people who have a name elsewhere.
enum ImportedUsername {
    /// Leaves room for a number behind a name that is taken.
    private static let length = 24

    /// What is left of a name when only the characters of usernames stay; `user` when that is too little or means everybody.
    static func base(from name: String) -> String {
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
}
