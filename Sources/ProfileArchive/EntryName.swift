/// Names of entries as those who unpack an archive would use them (contracts/gale.md 8.1). They are judged as bytes: their encoding is not told reliably.
enum EntryName {
    /// What is wrong with a name, as the rest of a sentence; nil when it is good. `\` separates as `/` does.
    static func refusal(of name: [UInt8]) -> String? {
        guard let first = name.first else { return "is empty" }
        if name.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "has a control character" }
        if isSeparator(first) { return "is an absolute path" }
        if name.dropFirst().first == UInt8(ascii: ":"), isLetter(first) { return "begins with a drive letter" }
        if name.split(whereSeparator: isSeparator).contains(where: leadsUp) { return "has .. in its path" }
        return nil
    }

    /// `..`, also with dots and spaces around it, which Windows leaves out.
    private static func leadsUp(_ component: ArraySlice<UInt8>) -> Bool {
        let dots = component.count { $0 == UInt8(ascii: ".") }
        return dots >= 2 && component.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
