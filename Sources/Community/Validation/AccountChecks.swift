extension FieldChecks {
    /// Names that would be read as something else than a person (contracts/chat.md section 2).
    private static let reservedUsernames: Set<String> = ["everyone", "here", "@me"]

    /// A username: 2 to 32 of letters, digits, `_`, `.` and `-`, where the rules do not allow more.
    ///
    /// Letters are those of ASCII: names that look alike in different scripts would let people pass for each other, and case is then folded alike
    /// everywhere.
    mutating func username(_ username: String, _ rules: AccountRules = .standard) {
        length(of: username, in: rules.username, "username")
        if Self.reservedUsernames.contains(username.folded) {
            refuse("username", code: "USERNAME_RESERVED", "Must not be everyone, here or @me.")
        } else if rules.allowsAnyCharacter {
            // Also those that only say how others are shown: with them one name would look like another.
            let isHidden = username.unicodeScalars.contains { $0.properties.generalCategory == .format }
            if username.hasControlCharacters || isHidden || username.isBlank {
                refuse("username", code: "STRING_TYPE_REGEX", "Must not contain control characters, nor consist of whitespace only.")
            }
        } else if rules.isWord {
            let isLetter = username.utf8.first.map { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } ?? false
            if !isLetter || !username.utf8.allSatisfy({ Self.isUsernameCharacter($0) && $0 != 0x2E && $0 != 0x2D }) {
                refuse("username", code: "STRING_TYPE_REGEX", "Must begin with a letter, and consist of a to z, A to Z, digits and `_`.")
            }
        } else if !username.utf8.allSatisfy(Self.isUsernameCharacter) {
            refuse("username", code: "STRING_TYPE_REGEX", "Must consist of the letters a to z and A to Z, digits, `_`, `.` and `-`.")
        }
    }

    private static func isUsernameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A password: its length only. What is in it is nobody's business.
    mutating func password(_ password: String, length limit: ClosedRange<Int>) {
        length(of: password, in: limit, "password")
    }

    /// An email address: something on both sides of its only `@`, no whitespace. Whether it works, only a mail could tell.
    mutating func email(_ email: String?) {
        guard let email else { return }
        length(of: email, in: Limits.email, "email")
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !email.hasControlCharacters
            && !email.unicodeScalars.contains(where: \.properties.isWhitespace)
        if !isAddress { refuse("email", code: "EMAIL_TYPE_INVALID_EMAIL", "Must be an email address with one @.") }
    }

    /// A name that is shown instead of the username.
    mutating func displayName(_ name: String?) {
        guard let name else { return }
        line(name, in: Limits.displayName, "display_name")
        if !name.isEmpty, name.isBlank { refuse("display_name", code: "BASE_TYPE_REQUIRED", "Must not consist of whitespace only.") }
    }

    /// Everything that a registration says.
    mutating func registration(_ registration: Registration, passwordLength: ClosedRange<Int>) {
        username(registration.username, registration.rules)
        // Of a digest nobody knows how long the password was.
        if registration.passwordDigest == nil {
            password(registration.password, length: registration.rules.passwordLength(setByOperator: passwordLength))
        }
        email(registration.email)
        if registration.rules.isWord { registryDisplayName(registration.displayName) } else { displayName(registration.displayName) }
    }
}
