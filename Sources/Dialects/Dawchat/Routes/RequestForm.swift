internal import Community
internal import HTTP
internal import JSON

/// The members of a JSON body, read with their types. The first that is wrong is the answer (contracts/dawchat.md 1).
struct RequestForm {
    /// Entries of a list that is worked through at once.
    static let listLimit = 500

    private let object: JSONObject

    /// Reads the body of a request, whatever its media type says.
    ///
    /// - Parameter limit: bytes of the body at most.
    /// - Throws: `HTTPError.bodyTooLarge`, `JSONError` for a body that is not one JSON object.
    init(_ request: HTTPRequest, limit: Int) async throws {
        let bytes = try await request.body.collect(upTo: limit)
        object = try JSONValue.parse(bytes, limits: JSONLimits(bytes: limit)).object()
    }

    /// An entry of a list.
    init(_ value: JSONValue, in list: StaticString) throws(Problem) {
        guard let object = try? value.object() else { throw .invalid("\(list): each entry is an object.") }
        self.object = object
    }

    /// A text that must be there.
    func text(_ name: String) throws(Problem) -> String {
        guard let value = object.optional(name) else { throw .invalid("\(name) is missing.") }
        guard let text = try? value.string() else { throw .invalid("\(name): must be a string.") }
        return text
    }

    /// An id that must be there.
    func identifier(_ name: String) throws(Problem) -> Int64 {
        guard let id = try optionalIdentifier(name) else { throw .invalid("\(name) is missing.") }
        return id
    }

    /// An id, nil when it is absent or null.
    func optionalIdentifier(_ name: String) throws(Problem) -> Int64? {
        guard let value = object.optional(name) else { return nil }
        return try Number.identifier(value, name)
    }

    /// A number from 0, nil when it is absent or null.
    func optionalCount(_ name: String) throws(Problem) -> Int64? {
        guard let value = object.optional(name) else { return nil }
        guard let number = Number.integer(value), number >= 0 else { throw .invalid("\(name): must be a whole number from 0.") }
        return number
    }

    /// A list that must be there, of at most so many entries.
    func list(_ name: String, atMost limit: Int = listLimit) throws(Problem) -> [JSONValue] {
        guard let values = try optionalList(name, atMost: limit) else { throw .invalid("\(name) is missing.") }
        return values
    }

    /// A list, nil when it is absent or null.
    func optionalList(_ name: String, atMost limit: Int = listLimit) throws(Problem) -> [JSONValue]? {
        guard let value = object.optional(name) else { return nil }
        guard let values = try? value.array() else { throw .invalid("\(name): must be a list.") }
        guard values.count <= limit else { throw .invalid("\(name): has at most \(limit) entries.") }
        return values
    }

    /// A list of texts that must be there.
    func texts(_ name: String) throws(Problem) -> [String] {
        try list(name).map { value throws(Problem) in
            guard let text = try? value.string() else { throw .invalid("\(name): each entry is a string.") }
            return text
        }
    }

    /// A list of ids that must be there.
    func identifiers(_ name: String) throws(Problem) -> [Int64] {
        try list(name).map { value throws(Problem) in try Number.identifier(value, name) }
    }
}

/// Whole numbers as this API takes them: as numbers or in decimal digits (contracts/dawchat.md 1, 3.5).
enum Number {
    /// Ids are safe in JavaScript.
    private static let identifiers: ClosedRange<Int64> = 1...(1 << 53) - 1

    /// The number, nil for anything else.
    static func integer(_ value: JSONValue) -> Int64? {
        if let text = try? value.string() { return integer(text) }
        return try? value.integer()
    }

    /// The number that a text of decimal digits means.
    static func integer(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// An id in a body.
    static func identifier(_ value: JSONValue, _ name: String) throws(Problem) -> Int64 {
        try checked(integer(value), name)
    }

    /// An id in a text, such as a parameter of a query.
    static func identifier(_ text: String, _ name: String) throws(Problem) -> Int64 {
        try checked(integer(text), name)
    }

    private static func checked(_ number: Int64?, _ name: String) throws(Problem) -> Int64 {
        guard let number, identifiers.contains(number) else { throw .invalid("\(name): must be a whole number from 1 to 2^53 - 1.") }
        return number
    }
}

extension HTTPRequest {
    /// An id in the query that must be there.
    func identifier(_ name: String) throws(Problem) -> Int64 {
        guard let text = query[first: name] else { throw .invalid("\(name) is missing.") }
        return try Number.identifier(text, name)
    }
}
