/// Name and value in one call.
extension JSONWriter {
    /// Writes a member with a text.
    public mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes a member with a text, or null.
    public mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        value(text)
    }

    /// Writes a member with an integer.
    public mutating func member(_ name: StaticString, _ number: Int) {
        key(name)
        value(number)
    }

    /// Writes a member with an integer.
    public mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        value(number)
    }

    /// Writes a member with true or false.
    public mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Writes a member with a double.
    public mutating func member(_ name: StaticString, _ number: Double) {
        key(name)
        value(number)
    }

    /// Writes a member with an object.
    public mutating func member(_ name: StaticString, object body: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try object(body)
    }

    /// Writes a member with an array.
    public mutating func member(_ name: StaticString, array body: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try array(body)
    }

    /// Writes a member with a value that is JSON already.
    public mutating func member(_ name: StaticString, raw json: [UInt8]) {
        key(name)
        raw(json)
    }
}
