internal import Primitives

/// Lists of short texts as they stand in the database: with commas between them, which none of them has.
enum RegistryText {
    static func joined(_ texts: [String]) -> String {
        texts.joined(separator: ",")
    }

    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map(String.init)
    }

    static func joined(_ accounts: [AccountID]) -> String {
        accounts.map { String($0.rawValue) }.joined(separator: ",")
    }

    static func accounts(_ text: String) -> [AccountID] {
        list(text).compactMap { Int64($0) }.map { AccountID($0) }
    }

    /// A pattern of LIKE with `!` as the escape: whatever has the words in it. Nil finds everything.
    static func pattern(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "%" }
        var pattern = "%"
        for character in query.folded {
            if "%_!".contains(character) { pattern.append("!") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}

extension FieldChecks {
    /// Tags: few, short, each once said, and none with a comma or a control character.
    mutating func tags(_ tags: [String]?) {
        guard let tags else { return }
        if tags.count > Limits.registryTags {
            refuse("tags", code: "BASE_TYPE_BAD_LENGTH", "Must be at most \(Limits.registryTags).")
        }
        for tag in tags where !tag.hasScalars(Limits.registryTag) || tag.contains(",") || tag.hasControlCharacters {
            refuse("tags", code: "STRING_TYPE_REGEX", "Each must be 1 to \(Limits.registryTag.upperBound) characters long, without commas.")
            return
        }
    }

    /// A title.
    mutating func title(_ title: String?) {
        guard let title else { return }
        line(title, in: Limits.registryTitle, "title")
        if title.isBlank { refuse("title", code: "BASE_TYPE_REQUIRED", "Must not consist of whitespace only.") }
    }

    /// An address of the web.
    mutating func webAddress(_ url: String?, _ name: String) {
        guard let url else { return }
        line(url, in: Limits.pictureURL, name)
        let rest = ["https://", "http://"].first { url.hasPrefix($0) }.map { url.dropFirst($0.count) }
        let hasHost = rest?.first.map { !"/?#:".contains($0) } ?? false
        if !hasHost || url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            refuse(name, code: "STRING_TYPE_REGEX", "Must be an address that begins with https:// or http:// and has a host.")
        }
    }
}
