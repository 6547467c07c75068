/// A JSON value that has been read: a place in an immutable document.
///
/// Integers are told apart from doubles by how they are written: `1.0` and `1e0` are doubles, `1` is an integer. A number that does not fit into 64 bits is
/// refused, not rounded. Names of an object are unique.
public struct JSONValue: Sendable {
    /// What a value is.
    public enum Kind: String, Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool
        /// A number without fraction and exponent that fits into Int64.
        case integer
        /// One that is larger than Int64 holds and fits into UInt64.
        case unsigned
        /// A number with a fraction or an exponent.
        case double
        /// A text.
        case string
        /// A list.
        case array
        /// Members with names.
        case object
    }

    let document: JSONDocument
    let index: Int

    /// Reads one document.
    ///
    /// - Throws: `JSONError` when the bytes are not one JSON document in UTF-8 within the limits, or an object has two members of one name.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        do {
            return try bytes.withUnsafeBytes { JSONValue(document: try JSONDocument.parse($0, limits: limits), index: 1) }
        } catch let error as JSONError {
            throw error
        } catch {
            throw .malformed(reason: "not a JSON document")
        }
    }

    /// Reads one document out of a buffer that is not kept.
    public static func parse(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        JSONValue(document: try JSONDocument.parse(bytes, limits: limits), index: 1)
    }

    /// What the value is.
    public var kind: Kind { document.kind(at: index) }

    /// Whether it is `null`.
    public var isNull: Bool { kind == .null }

    /// Where the value stands in its document (RFC 6901). Found by a search: for errors.
    public var pointer: String { document.pointer(to: index) }

    /// The text.
    public func string() throws(JSONError) -> String {
        try check(.string)
        return document.text(at: index)
    }

    /// The integer.
    public func integer() throws(JSONError) -> Int64 {
        if kind == .unsigned { throw .outOfRange(pointer: pointer) }
        try check(.integer)
        return Int64(bitPattern: document.tape[index + 1])
    }

    /// The integer, from 0 to the largest UInt64.
    public func unsigned() throws(JSONError) -> UInt64 {
        if kind == .unsigned { return document.tape[index + 1] }
        let value = try integer()
        guard value >= 0 else { throw .outOfRange(pointer: pointer) }
        return UInt64(value)
    }

    /// The number as a double; an integer too, rounded when it is large.
    public func double() throws(JSONError) -> Double {
        switch kind {
        case .integer: return Double(Int64(bitPattern: document.tape[index + 1]))
        case .unsigned: return Double(document.tape[index + 1])
        default:
            try check(.double)
            return Double(bitPattern: document.tape[index + 1])
        }
    }

    /// True or false.
    public func bool() throws(JSONError) -> Bool {
        try check(.bool)
        return UInt8(truncatingIfNeeded: document.tape[index] >> 56) == UInt8(ascii: "t")
    }

    /// The values of the list.
    public func array() throws(JSONError) -> [JSONValue] {
        try check(.array)
        var values: [JSONValue] = []
        let end = document.end(of: index)
        var child = index + 1
        while child < end {
            values.append(JSONValue(document: document, index: child))
            child = document.next(after: child)
        }
        return values
    }

    /// The members.
    public func object() throws(JSONError) -> JSONObject {
        try check(.object)
        return JSONObject(document: document, index: index)
    }

    private func check(_ expected: Kind) throws(JSONError) {
        let found = kind
        guard found == expected else { throw .wrongType(pointer: pointer, expected: expected, found: found) }
    }
}
