/// The header fields of a response, in order. Names match ignoring case.
public struct HTTPHeaders: Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// The value of the first field of that name.
    public subscript(first name: String) -> String? {
        fields.first { ASCII.equalIgnoringCase($0.name.utf8, name.utf8) }?.value
    }

    /// Adds a field. One whose name or value would not stay one line is left out: nothing that a client sent can add a field of its own.
    public mutating func add(_ name: String, _ value: String) {
        guard FieldSyntax.isToken(name.utf8), FieldSyntax.isValue(value.utf8) else { return }
        fields.append((name, value))
    }

    /// Sets a field in place of all of that name.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// Removes all fields of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { ASCII.equalIgnoringCase($0.name.utf8, name.utf8) }
    }
}

/// Comparisons of ASCII text without regard to case.
enum ASCII {
    static func equalIgnoringCase(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
        left.elementsEqual(right) { lower($0) == lower($1) }
    }

    static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }
}

/// The characters of header fields (RFC 9110 5.1, 5.5, 5.6.2).
enum FieldSyntax {
    /// One entry for each byte: whether it may stand in a token.
    private static let tokenBytes: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8 { table[Int(byte)] = true }
        return table
    }()

    static func isTokenByte(_ byte: UInt8) -> Bool {
        tokenBytes[Int(byte)]
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    /// Visible characters, blanks, tabs and bytes above ASCII; no control characters.
    static func isValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    static func isValue(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy(isValueByte)
    }
}
