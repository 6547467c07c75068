/// Parameters of an item or inner list, in their order (RFC 9651 3.1.2).
public struct StructuredParameters: Sendable, Equatable {
    /// Names and values; each name once.
    public private(set) var entries: [(key: String, value: StructuredBareItem)] = []

    /// No parameters.
    public init() {}

    /// The value of a name.
    public subscript(key: String) -> StructuredBareItem? {
        entries.first { $0.key == key }?.value
    }

    /// Sets a value; one that is there keeps its place.
    public mutating func set(_ key: String, _ value: StructuredBareItem) {
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value = value
        } else {
            entries.append((key, value))
        }
    }

    /// The canonical text (RFC 9651 4.1.1.2).
    public var serialized: String {
        entries.map { $0.value == .boolean(true) ? ";\($0.key)" : ";\($0.key)=\($0.value.serialized)" }.joined()
    }

    /// Order counts: it is part of the text.
    public static func == (left: Self, right: Self) -> Bool {
        left.entries.elementsEqual(right.entries) { $0 == $1 }
    }
}

/// A value with parameters (RFC 9651 3.3).
public struct StructuredItem: Sendable, Equatable {
    /// The value.
    public var value: StructuredBareItem
    /// Its parameters.
    public var parameters: StructuredParameters

    /// A value with parameters.
    public init(_ value: StructuredBareItem, parameters: StructuredParameters = StructuredParameters()) {
        self.value = value
        self.parameters = parameters
    }

    /// The canonical text (RFC 9651 4.1.3).
    public var serialized: String { value.serialized + parameters.serialized }
}

/// A list inside of a list or dictionary, with parameters (RFC 9651 3.1.1).
public struct StructuredInnerList: Sendable, Equatable {
    /// The items.
    public var items: [StructuredItem]
    /// The parameters of the list itself.
    public var parameters: StructuredParameters

    /// A list with parameters.
    public init(_ items: [StructuredItem], parameters: StructuredParameters = StructuredParameters()) {
        self.items = items
        self.parameters = parameters
    }

    /// The canonical text (RFC 9651 4.1.1.1).
    public var serialized: String {
        "(" + items.map(\.serialized).joined(separator: " ") + ")" + parameters.serialized
    }
}

/// What a dictionary or list holds (RFC 9651 3.1, 3.2).
public enum StructuredMember: Sendable, Equatable {
    /// A single value.
    case item(StructuredItem)
    /// A list of values.
    case innerList(StructuredInnerList)

    /// The list, nil for a single value.
    public var innerList: StructuredInnerList? {
        if case .innerList(let list) = self { return list }
        return nil
    }

    /// The single value, nil for a list.
    public var item: StructuredItem? {
        if case .item(let item) = self { return item }
        return nil
    }

    /// The canonical text.
    public var serialized: String {
        switch self {
        case .item(let item): item.serialized
        case .innerList(let list): list.serialized
        }
    }
}
