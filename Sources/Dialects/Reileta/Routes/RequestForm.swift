internal import Community
internal import JSON

/// The members of a JSON body, read with their types. Old clients cannot leave members out: an empty text, an empty list and 0 say nothing
/// (contracts/reileta.md 1.4). Unknown members are not looked at.
struct RequestForm {
    private let object: JSONObject
    private var problems: [String] = []

    /// - Throws: `JSONError` for bytes that are not one JSON object; none at all are an empty one.
    init(_ bytes: [UInt8]) throws(JSONError) {
        object = try JSONValue.parse(bytes.isEmpty ? Array("{}".utf8) : bytes).object()
    }

    init(_ object: JSONObject) {
        self.object = object
    }

    /// Throws what was found.
    func check(_ code: FailureCode) throws(Failure) {
        guard problems.isEmpty else { throw Failure(code, problems.joined(separator: " ")) }
    }

    /// Notes a problem.
    mutating func refuse(_ name: String, _ reason: String) {
        problems.append("\(name): \(reason)")
    }

    /// The first of several names that has a text; nil when there is none, or null, or an empty one.
    mutating func text(_ names: String...) -> String? {
        for name in names {
            guard let value = object.optional(name) else { continue }
            guard let text = try? value.string() else {
                refuse(name, "Must be a string.")
                return nil
            }
            if !text.isEmpty { return text }
        }
        return nil
    }

    /// A text that must be there; empty when it is not, which is noted.
    mutating func required(_ names: String...) -> String {
        for name in names {
            if let text = text(name) { return text }
        }
        if problems.isEmpty { refuse(names[0], "Is missing.") }
        return ""
    }

    /// What is said about a text that may be removed: null removes it, an empty one says nothing.
    mutating func change(_ name: String) -> Change<String> {
        guard object.contains(name) else { return .keep }
        if object.optional(name) == nil { return .set(nil) }
        return text(name).map { .set($0) } ?? .keep
    }

    /// A whole number; 0 says nothing.
    mutating func integer(_ name: String) -> Int? {
        guard let value = object.optional(name) else { return nil }
        guard let number = try? value.integer() else {
            refuse(name, "Must be a whole number.")
            return nil
        }
        return number == 0 ? nil : Int(number)
    }

    /// True or false.
    mutating func flag(_ name: String) -> Bool? {
        guard let value = object.optional(name) else { return nil }
        guard let flag = try? value.bool() else {
            refuse(name, "Must be true or false.")
            return nil
        }
        return flag
    }

    /// A list of texts; null is an empty one, an empty one says nothing.
    mutating func texts(_ name: String) -> [String]? {
        guard object.contains(name) else { return nil }
        guard let value = object.optional(name) else { return [] }
        guard let values = try? value.array(), case let texts = values.compactMap({ try? $0.string() }), texts.count == values.count else {
            refuse(name, "Must be a list of strings.")
            return nil
        }
        return texts.isEmpty ? nil : texts
    }

    /// Whether a member is null.
    func isNull(_ name: String) -> Bool { object.contains(name) && object.optional(name) == nil }

    /// The value of a member as it was sent, nil when it is absent or null.
    func value(_ name: String) -> JSONValue? { object.optional(name) }
}
