/// A value of a YAML document, with the line where it begins (from 1).
public struct YAMLNode: Sendable, Equatable {
    /// What a value is made of.
    public indirect enum Content: Sendable, Equatable {
        /// Nothing: `~`, `null` or no text at all, without quotes.
        case null
        /// A text as it stands there. Whether it is plain, without quotes, decides about its `kind` and not about its `text`.
        case scalar(String, isPlain: Bool = false)
        /// A list.
        case sequence([YAMLNode])
        /// Keys with their values, in order; no key stands there twice.
        case mapping([Entry])
    }

    /// A key of a mapping and its value.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The line of the key, from 1.
        public var line: Int
        /// The value.
        public var value: YAMLNode

        /// An entry with all its parts.
        public init(key: String, line: Int, value: YAMLNode) {
            self.key = key
            self.line = line
            self.value = value
        }
    }

    /// What it is made of.
    public var content: Content
    /// Where it begins, from 1.
    public var line: Int

    /// A value that begins on a line.
    public init(content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// The text of a scalar of any kind, as it was written; nil for anything else, null too.
    public var text: String? {
        if case .scalar(let text, _) = content { return text }
        return nil
    }

    /// The value of a key; nil when there is none, or when this is no mapping.
    public subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
