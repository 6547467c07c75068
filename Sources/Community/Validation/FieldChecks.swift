/// Collects what is wrong with the fields of one request, so that one answer names all of it.
struct FieldChecks {
    private(set) var problems: [InvalidField] = []

    /// Notes a problem.
    mutating func refuse(_ name: String, code: String, _ message: String) {
        problems.append(InvalidField(name: name, code: code, message: message))
    }

    /// Checks the number of Unicode scalars.
    mutating func length(of text: String, in limit: ClosedRange<Int>, _ name: String) {
        if limit.lowerBound > 0, text.isEmpty {
            refuse(name, code: "BASE_TYPE_REQUIRED", "Must be \(limit.lowerBound) to \(limit.upperBound) characters long; it is empty.")
        } else if !text.hasScalars(limit) {
            refuse(name, code: "BASE_TYPE_BAD_LENGTH", "Must be \(limit.lowerBound) to \(limit.upperBound) characters long.")
        }
    }

    /// Checks a text of one line: its length, and that it has no control characters.
    mutating func line(_ text: String?, in limit: ClosedRange<Int>, _ name: String) {
        guard let text else { return }
        length(of: text, in: limit, name)
        if text.hasControlCharacters { refuse(name, code: "STRING_TYPE_REGEX", "Must not contain control characters.") }
    }

    /// Checks a text that may have several lines.
    mutating func text(_ text: String?, in limit: ClosedRange<Int>, _ name: String) {
        guard let text else { return }
        length(of: text, in: limit, name)
        storable(text, name)
    }

    /// Checks that a text can be stored: neither engine shall hold what the other cannot, and PostgreSQL has no U+0000.
    mutating func storable(_ text: String, _ name: String) {
        if !text.isStorable { refuse(name, code: "STRING_TYPE_REGEX", "Must not contain the character U+0000.") }
    }

    /// Checks a number.
    mutating func number(_ number: Int?, in limit: ClosedRange<Int>, _ name: String) {
        guard let number, !limit.contains(number) else { return }
        let isTooSmall = number < limit.lowerBound
        refuse(
            name, code: isTooSmall ? "NUMBER_TYPE_MIN" : "NUMBER_TYPE_MAX",
            "Must be a number from \(limit.lowerBound) to \(limit.upperBound).")
    }

    /// Whether nothing was found.
    var isGood: Bool { problems.isEmpty }

    /// Throws what was found.
    func finish() throws(CommunityError) {
        guard problems.isEmpty else { throw .invalid(problems) }
    }
}

extension String {
    /// Whether the number of Unicode scalars lies in a range. Long texts are not counted to their end.
    func hasScalars(_ limit: ClosedRange<Int>) -> Bool {
        // No scalar takes more than four bytes of UTF-8, none less than one.
        let bytes = utf8.count
        if bytes > limit.upperBound * 4 || bytes < limit.lowerBound { return false }
        return limit.contains(unicodeScalars.count)
    }

    /// Whether there is a C0 or C1 control character, or one that breaks a line.
    var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029 }
    }

    /// Whether both engines can hold the text.
    var isStorable: Bool {
        !utf8.contains(0)
    }

    /// Whether there is nothing but whitespace.
    var isBlank: Bool {
        unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    /// The form in which names are compared: without regard to case.
    var folded: String {
        lowercased()
    }
}
