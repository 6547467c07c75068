internal import Storage

/// Which object of the registry somebody means: by the number that this server has given it, or by the id that its maker has chosen.
public enum RegistryReference: Hashable, Sendable {
    /// The number.
    case number(Int64)
    /// The chosen UUID, in lower case with hyphens.
    case chosen(String)

    /// How an object is referred to that has been read.
    init(id: Int64, chosenID: String?) {
        self = chosenID.map { .chosen($0) } ?? .number(id)
    }

    /// The two parameters of `id = $1 AND chosen_id IS NULL OR chosen_id = $2`. An object is found by its one id only.
    var parameters: [SQLValue] {
        switch self {
        case .number(let number): [.integer(number), nil]
        case .chosen(let text): [nil, .text(text)]
        }
    }
}

/// What has been done to an object of the registry.
public enum RegistryAction: String, Sendable {
    /// It is new.
    case created
    /// It is another way now.
    case updated
    /// It is gone.
    case deleted
}

/// A part of a list, and how long the whole is.
public struct RegistryPage<Item: Sendable>: Sendable {
    /// Objects that fit, on all pages.
    public var total: Int
    /// Those of this page.
    public var items: [Item]

    /// A page.
    public init(total: Int, items: [Item]) {
        self.total = total
        self.items = items
    }
}

/// Which part of a list is wanted.
public struct RegistryWindow: Sendable, Equatable {
    /// Objects of a page, 1 to 100.
    public var limit: Int
    /// Objects before it.
    public var offset: Int

    /// A window.
    public init(limit: Int, offset: Int) {
        self.limit = limit
        self.offset = offset
    }
}
