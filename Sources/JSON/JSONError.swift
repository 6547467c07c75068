/// Why JSON could not be read, or a value is not what was expected. Pointers are RFC 6901.
public enum JSONError: Error, Sendable, Equatable {
    /// Not one JSON document in UTF-8 (RFC 8259).
    case malformed(reason: String)
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// More levels than allowed.
    case tooDeep(limit: Int)
    /// An object has two members of this name.
    case duplicateName(pointer: String)
    /// A member that must be there is not.
    case missing(pointer: String)
    /// A value of another kind.
    case wrongType(pointer: String, expected: JSONValue.Kind, found: JSONValue.Kind)
    /// An integer that does not fit.
    case outOfRange(pointer: String)
}
