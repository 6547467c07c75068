internal import Community
internal import HTTP

/// The members of a query that ask for a part of a list.
struct PageQuery {
    private let query: QueryParameters

    init(_ query: QueryParameters) {
        self.query = query
    }

    /// How many items are wanted, nil when the query does not say; more than the maximum is the maximum.
    ///
    /// - Throws: `ChatError` 400 for what is no integer or less than 1.
    func limit(upTo maximum: Int) throws(ChatError) -> Int? {
        guard let text = query[first: "limit"] else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.contains(where: { $0 != 48 }) else {
            throw Self.refusal("limit", "NUMBER_TYPE_MIN", "Must be an integer from 1 to \(maximum).")
        }
        // More digits than an integer has are more than the maximum as well.
        return min(Int(text) ?? .max, maximum)
    }

    /// An id, nil when the query names none.
    ///
    /// - Throws: `ChatError` 400 for what is no id.
    func identifier(_ name: String) throws(ChatError) -> Int64? {
        guard let text = query[first: name] else { return nil }
        guard let id = ChatIdentifier.parse(text) else { throw Self.refusal(name, "NUMBER_TYPE_COERCE", "Must be an id.") }
        return id
    }

    static func refusal(_ name: String, _ code: String, _ message: String) -> ChatError {
        .invalidForm([InvalidField(name: name, code: code, message: message)])
    }
}
