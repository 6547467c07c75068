/// The header fields of a request: the bytes as they came, and where the names and values stand. Text is made when it is asked for.
public struct RequestHeaders: Sendable {
    struct Field: Sendable {
        var name: Range<Int32>
        var value: Range<Int32>
    }

    let bytes: [UInt8]
    let fields: [Field]

    /// The value of the first field of that name, ignoring case; without blanks around it. Bytes that are not UTF-8 become replacement characters.
    public subscript(first name: String) -> String? {
        for field in fields where matches(field, name) { return text(field.value) }
        return nil
    }

    /// The values of all fields of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { matches($0, name) }.map { text($0.value) }
    }

    /// The members of a comma-separated list, over all fields of that name (RFC 9110 5.6.1), without blanks and empty members.
    public func list(_ name: String) -> [String] {
        all(name).flatMap { value in
            value.split(separator: ",").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
        }
    }

    /// Whether there is a field of that name.
    public func contains(_ name: String) -> Bool {
        fields.contains { matches($0, name) }
    }

    /// All fields with their names in lower case, in order.
    public var entries: [(name: String, value: String)] {
        fields.map { (text($0.name).lowercased(), text($0.value)) }
    }

    private func matches(_ field: Field, _ name: String) -> Bool {
        guard field.name.count == name.utf8.count else { return false }
        var index = Int(field.name.lowerBound)
        for byte in name.utf8 {
            if ASCII.lower(bytes[index]) != ASCII.lower(byte) { return false }
            index += 1
        }
        return true
    }

    func text(_ range: Range<Int32>) -> String {
        String(decoding: bytes[range.indices], as: UTF8.self)
    }
}

extension Range<Int32> {
    /// The same range for an array.
    var indices: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}

extension Substring {
    /// The text without blanks and tabs at its ends.
    var trimmingBlanks: String {
        var bytes = utf8
        while let first = bytes.first, FieldSyntax.isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, FieldSyntax.isBlank(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
