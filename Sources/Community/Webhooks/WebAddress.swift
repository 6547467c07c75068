/// Addresses that people's clients may follow.
enum WebAddress {
    /// Whether a text is an absolute http or https URL as far as this server cares: it never fetches it.
    static func isGood(_ text: String, secureOnly: Bool = false) -> Bool {
        guard text.utf8.count <= PostLimits.url else { return false }
        let lowercased = text.lowercased()
        let rest: Substring
        if lowercased.hasPrefix("https://") {
            rest = lowercased.dropFirst(8)
        } else if !secureOnly, lowercased.hasPrefix("http://") {
            rest = lowercased.dropFirst(7)
        } else {
            return false
        }
        // What would end the address early where it is written into Markdown or HTML has no place in it.
        guard let first = rest.unicodeScalars.first, first != "/", first != "?", first != "#", first != ":" else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !"<>\"\\^`{|}".unicodeScalars.contains(scalar)
                && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        }
    }
}
