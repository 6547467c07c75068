/// The header fields of a response, in order. Names match ignoring case.
public struct HTTPHeaders: Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// The value of the first field of that name.
    public subscript(first name: String) -> String? {
        fields.first { ASCII.equalIgnoringCase($0.name, name) }?.value
    }

    /// The values of all fields of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { ASCII.equalIgnoringCase($0.name, name) }.map(\.value)
    }

    /// Adds a field. One whose name is no token, or whose value has control characters, is left out: nothing that a client sent can add
    /// a field or a response of its own.
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
        fields.removeAll { ASCII.equalIgnoringCase($0.name, name) }
    }
}
