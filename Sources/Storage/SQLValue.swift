/// A parameter of a statement. Both engines know these four kinds and no others (DESIGN section 5).
public enum SQLValue: Sendable, Equatable {
    /// No value.
    case null
    /// BIGINT; also times (microseconds UTC) and flags (0 and 1).
    case integer(Int64)
    /// TEXT.
    case text(String)
    /// BLOB or BYTEA.
    case blob([UInt8])

    /// A text or NULL.
    public static func optional(_ text: String?) -> SQLValue {
        text.map(SQLValue.text) ?? .null
    }

    /// An integer or NULL.
    public static func optional(_ integer: Int64?) -> SQLValue {
        integer.map(SQLValue.integer) ?? .null
    }

    /// Bytes or NULL.
    public static func optional(_ blob: [UInt8]?) -> SQLValue {
        blob.map(SQLValue.blob) ?? .null
    }

    /// 1 for true, 0 for false.
    public static func bool(_ flag: Bool) -> SQLValue {
        .integer(flag ? 1 : 0)
    }
}

extension SQLValue {
    /// Refuses a text that not both engines can keep: libpq would silently cut it at U+0000.
    func requireStorable() throws(DatabaseError) {
        if case .text(let text) = self, text.utf8.contains(0) { throw .unstorableText }
    }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// An integer.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A text.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// NULL.
    public init(nilLiteral: ()) {
        self = .null
    }
}
