/// What a value is in the core schema of YAML 1.2. Who takes the words `yes` and `012` as they stand asks for `text` instead.
extension YAMLNode {
    /// The kind.
    public var kind: YAMLKind {
        switch content {
        case .null: .null
        case .scalar(let text, let isPlain): isPlain ? YAMLKind(plain: text) : .string
        case .sequence: .sequence
        case .mapping: .mapping
        }
    }

    /// The text of a string; nil for anything else, such as a plain 123 or true.
    public var string: String? {
        kind == .string ? text : nil
    }

    /// The value of a boolean; nil for anything else.
    public var boolean: Bool? {
        kind == .boolean ? text?.utf8.first.map { $0 | 0x20 == UInt8(ascii: "t") } : nil
    }

    /// The value of an integer; nil for anything else, and for one that 64 bits with a sign do not hold.
    public var integer: Int64? {
        guard kind == .integer, let text else { return nil }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
        return Int64(text)
    }

    /// The items of a list; nil for anything else.
    public var items: [YAMLNode]? {
        if case .sequence(let items) = content { return items }
        return nil
    }
}
