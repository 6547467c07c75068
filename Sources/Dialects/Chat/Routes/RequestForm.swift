internal import Community
internal import HTTP
internal import JSON

/// The members of a JSON body, read with their types; what is wrong is collected, so that one answer names all of it.
struct RequestForm {
    private let object: JSONObject
    private var problems: [InvalidField] = []

    /// Reads the body of a request.
    ///
    /// - Parameter limit: bytes of the body at most.
    /// - Throws: `ChatError` 413 for a larger body, 400 `invalid_json` for one that is not a JSON object.
    init(_ request: HTTPRequest, limit: Int) async throws {
        try self.init(bytes: try await request.body.collect(upTo: limit), limit: limit)
    }

    /// Like `init(_:limit:)`, but a missing body is an empty object.
    static func optional(_ request: HTTPRequest, limit: Int) async throws -> RequestForm {
        let bytes = try await request.body.collect(upTo: limit)
        return try RequestForm(bytes: bytes.isEmpty ? Array("{}".utf8) : bytes, limit: limit)
    }

    private init(bytes: [UInt8], limit: Int) throws(JSONError) {
        object = try JSONValue.parse(bytes, limits: JSONLimits(bytes: limit)).object()
    }

    /// A text that must be there; empty when it is not, and then `check` throws.
    mutating func text(_ name: String) -> String {
        guard object.optional(name) != nil else {
            problems.append(InvalidField(name: name, code: "BASE_TYPE_REQUIRED", message: "This field is required."))
            return ""
        }
        return optionalText(name) ?? ""
    }

    /// A text, nil when it is absent or null.
    mutating func optionalText(_ name: String) -> String? {
        guard let value = object.optional(name) else { return nil }
        guard let text = try? value.string() else {
            problems.append(InvalidField(name: name, code: "BASE_TYPE_STRING", message: "Must be a string."))
            return nil
        }
        return text
    }

    /// What the body says about a text that may be missing: null removes it, an absent member keeps it.
    mutating func change(_ name: String) -> Change<String> {
        guard object.contains(name) else { return .keep }
        return .set(optionalText(name))
    }

    /// A text that may be changed and not removed: nil when it is absent, and null is refused.
    mutating func changedText(_ name: String) -> String? {
        guard object.contains(name) else { return nil }
        guard object.optional(name) != nil else {
            problems.append(InvalidField(name: name, code: "BASE_TYPE_REQUIRED", message: "This field cannot be null."))
            return nil
        }
        return optionalText(name)
    }

    /// An id, nil when it is absent or null. Ids are opaque: a text that is none of ours names nothing, and is 0 here.
    mutating func optionalIdentifier(_ name: String) -> Int64? {
        optionalText(name).map { ChatIdentifier.parse($0) ?? 0 }
    }

    /// An integer, nil when it is absent or null.
    mutating func optionalInteger(_ name: String) -> Int? {
        guard let value = object.optional(name) else { return nil }
        guard let integer = try? value.integer() else {
            problems.append(InvalidField(name: name, code: "NUMBER_TYPE_COERCE", message: "Must be an integer."))
            return nil
        }
        return Int(integer)
    }

    /// Notes what else is wrong with a field.
    mutating func refuse(_ name: String, code: String, message: String) {
        problems.append(InvalidField(name: name, code: code, message: message))
    }

    /// The value of a member as it is, nil when it is absent or null.
    func value(_ name: String) -> JSONValue? {
        object.optional(name)
    }

    /// Throws 400 `invalid_form` when something was wrong.
    func check() throws(ChatError) {
        guard problems.isEmpty else { throw .invalidForm(problems) }
    }
}
