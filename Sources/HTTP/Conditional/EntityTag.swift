/// Names one version of a representation (RFC 9110 section 8.8.3).
public struct EntityTag: Sendable, Hashable {
    /// What stands between the quotes.
    public let text: String
    /// Whether versions with this tag mean the same without being the same bytes.
    public let isWeak: Bool

    /// A tag; nil when the text has quotes, blanks or control characters.
    public init?(_ text: String, isWeak: Bool = false) {
        guard text.utf8.allSatisfy(Self.isTagByte) else { return nil }
        self.text = text
        self.isWeak = isWeak
    }

    /// The tag as a field carries it.
    public var headerValue: String {
        isWeak ? "W/\"\(text)\"" : "\"\(text)\""
    }

    /// Byte by byte: a string takes different spellings of one character for the same.
    public static func == (left: EntityTag, right: EntityTag) -> Bool {
        left.isWeak == right.isWeak && left.matchesWeakly(right)
    }

    /// Feeds what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(isWeak)
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// Whether both are the same bytes (RFC 9110 8.8.3.2): what ranges and writes need.
    public func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && matchesWeakly(other)
    }

    /// Whether both mean the same: enough to keep a stored answer.
    public func matchesWeakly(_ other: EntityTag) -> Bool {
        text.utf8.elementsEqual(other.text.utf8)
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        byte == 0x21 || byte >= 0x23 && byte != 0x7F
    }
}

/// The value of `If-Match` and `If-None-Match`.
enum EntityTagList: Equatable {
    /// `*`: whatever there is.
    case any
    case tags([EntityTag])

    /// Reads the values of all fields of the name, nil without any. What is not well-formed ends the list: it matches nothing.
    init?(_ values: [String]) {
        guard !values.isEmpty else { return nil }
        if values.count == 1, values[0] == "*" {
            self = .any
            return
        }
        self = .tags(values.flatMap(Self.read))
    }

    private static func read(_ value: String) -> [EntityTag] {
        var tags: [EntityTag] = []
        var rest = value[...].utf8
        while true {
            rest = rest.drop { FieldSyntax.isBlank($0) || $0 == UInt8(ascii: ",") }
            guard let tag = takeTag(&rest) else { return tags }
            tags.append(tag)
            rest = rest.drop(while: FieldSyntax.isBlank)
            // A comma may stand inside a tag, so the list cannot simply be cut at commas.
            guard rest.first == UInt8(ascii: ",") else { return tags }
        }
    }

    private static func takeTag(_ rest: inout Substring.UTF8View) -> EntityTag? {
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        let inside = rest.dropFirst()
        guard let end = inside.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        rest = inside[inside.index(after: end)...]
        return EntityTag(String(Substring(inside[..<end])), isWeak: isWeak)
    }
}

extension EntityTag {
    /// Reads exactly one tag, as in `If-Range`.
    static func parse(_ value: String) -> EntityTag? {
        guard case .tags(let tags)? = EntityTagList([value]), tags.count == 1, let tag = tags.first else { return nil }
        return tag.headerValue.utf8.elementsEqual(value.utf8) ? tag : nil
    }
}
