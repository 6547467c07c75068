/// A structured field that is a dictionary (RFC 9651 3.2), such as `Signature-Input` or `Content-Digest`.
public struct StructuredDictionary: Sendable, Equatable {
    /// The members in their order, each key once.
    public private(set) var members: [(key: String, value: StructuredMember)] = []
    /// Whether a key of the dictionary, or of the parameters of one member, was there twice. RFC 9651 lets the last one win; who checks signatures
    /// may not want to guess.
    public private(set) var repeatsKey = false

    /// An empty dictionary.
    public init() {}

    /// Reads a field.
    ///
    /// - Parameter lines: the values of all its lines, in order.
    /// - Throws: `StructuredFieldError`; then the whole field counts as absent (RFC 9651 4.2).
    public init(parsing lines: [String]) throws(StructuredFieldError) {
        var parser = StructuredFieldParser(lines.joined(separator: ", "))
        self = try parser.dictionary()
    }

    /// The member of a key.
    public subscript(key: String) -> StructuredMember? {
        members.first { $0.key == key }?.value
    }

    /// Sets a member; one that is there keeps its place.
    public mutating func set(_ key: String, _ value: StructuredMember) {
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
            repeatsKey = true
        } else {
            members.append((key, value))
        }
    }

    mutating func noteRepetition() { repeatsKey = true }

    /// The canonical text (RFC 9651 4.1.2).
    public var serialized: String {
        members.map { key, member in
            if case .item(let item) = member, item.value == .boolean(true) { return key + item.parameters.serialized }
            return "\(key)=\(member.serialized)"
        }.joined(separator: ", ")
    }

    /// Equal members in the same order.
    public static func == (left: Self, right: Self) -> Bool {
        left.members.elementsEqual(right.members) { $0 == $1 }
    }
}

/// A structured field that is a list (RFC 9651 3.1).
public struct StructuredList: Sendable, Equatable {
    /// The members.
    public var members: [StructuredMember]

    /// A list.
    public init(_ members: [StructuredMember] = []) {
        self.members = members
    }

    /// Reads a field.
    ///
    /// - Parameter lines: the values of all its lines, in order.
    /// - Throws: `StructuredFieldError`.
    public init(parsing lines: [String]) throws(StructuredFieldError) {
        var parser = StructuredFieldParser(lines.joined(separator: ", "))
        members = try parser.list()
    }

    /// The canonical text (RFC 9651 4.1.1).
    public var serialized: String { members.map(\.serialized).joined(separator: ", ") }
}

extension StructuredItem {
    /// Reads a field that is a single item.
    ///
    /// - Parameter lines: the values of all its lines, in order.
    /// - Throws: `StructuredFieldError`.
    public init(parsing lines: [String]) throws(StructuredFieldError) {
        var parser = StructuredFieldParser(lines.joined(separator: ", "))
        self = try parser.onlyItem()
    }
}
