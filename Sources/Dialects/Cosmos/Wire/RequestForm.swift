internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// The members of a JSON body, read with their types. All that is wrong is the answer, not only the first (contracts/cosmos.md 2).
struct RequestForm {
    private let object: JSONObject
    /// Where the object stands in its document.
    private let pointer: String
    private(set) var errors: [InvalidMember] = []

    /// - Throws: `JSONError` for bytes that are not one JSON object.
    init(_ bytes: [UInt8]) throws(JSONError) {
        object = try JSONValue.parse(bytes).object()
        pointer = ""
    }

    /// An object inside of a body.
    private init(_ object: JSONObject, at pointer: String) {
        self.object = object
        self.pointer = pointer
    }

    /// Throws what was found.
    func finish() throws(Problem) {
        guard errors.isEmpty else { throw .invalid(errors) }
    }

    /// What the domain makes of the members; what it refuses about them is told together with what was found before.
    ///
    /// - Throws: `Problem`, or what else the domain throws.
    mutating func checked<Value>(_ make: () throws(CommunityError) -> Value) throws -> Value {
        let made: Result<Value, CommunityError>
        do throws(CommunityError) {
            made = .success(try make())
        } catch {
            made = .failure(error)
        }
        if case .failure(.invalid(let fields)) = made {
            for field in fields {
                let member = Problem.memberName(field.name)
                if !errors.contains(where: { $0.path == "\(pointer)/\(member)" }) { refuse(member, field.message) }
            }
        }
        try finish()
        return try made.get()
    }

    /// Notes a problem.
    mutating func refuse(_ name: String, _ reason: String) {
        errors.append(InvalidMember(path: "\(pointer)/\(name)", reason: reason))
    }

    /// Whether there is a member of that name, null or not.
    func contains(_ name: String) -> Bool { object.contains(name) }

    // MARK: Members

    /// A text that must be there; empty when it is not, which is noted.
    mutating func text(_ name: String) -> String {
        guard object.optional(name) != nil else {
            refuse(name, "Is missing.")
            return ""
        }
        return optionalText(name) ?? ""
    }

    /// A text; nil when it is absent or null.
    mutating func optionalText(_ name: String) -> String? {
        guard let value = object.optional(name) else { return nil }
        guard let text = try? value.string() else {
            refuse(name, "Must be a string.")
            return nil
        }
        return text
    }

    /// What is said about a text that may be removed.
    mutating func change(_ name: String) -> Change<String> {
        guard object.contains(name) else { return .keep }
        return .set(optionalText(name))
    }

    /// An id that must be there.
    mutating func identifier(_ name: String) -> String {
        let id = text(name)
        checkIdentifier(id, name)
        return id
    }

    /// An id; nil when it is absent or null.
    mutating func optionalIdentifier(_ name: String) -> String? {
        guard let id = optionalText(name) else { return nil }
        checkIdentifier(id, name)
        return id
    }

    private mutating func checkIdentifier(_ id: String, _ name: String) {
        guard !errors.contains(where: { $0.path == "\(pointer)/\(name)" }), !OpaqueIdentifier.isValid(id) else { return }
        refuse(name, "Must be 1 to 64 of A-Z a-z 0-9 - _.")
    }

    /// A whole number from 0 to 2147483647 that must be there.
    mutating func integer(_ name: String) -> Int64 {
        guard object.optional(name) != nil else {
            refuse(name, "Is missing.")
            return 0
        }
        return optionalInteger(name) ?? 0
    }

    /// A whole number from 0 to 2147483647; nil when it is absent or null.
    ///
    /// - Parameter allowsText: whether decimal digits in a string are taken as well, as libraries of Discord send permissions.
    mutating func optionalInteger(_ name: String, allowsText: Bool = false) -> Int64? {
        guard let value = object.optional(name) else { return nil }
        var number = try? value.integer()
        if allowsText, let text = try? value.string(), let parsed = Int64(text), String(parsed) == text { number = parsed }
        guard let number, (0...2_147_483_647).contains(number) else {
            refuse(name, "Must be a whole number from 0 to 2147483647.")
            return nil
        }
        return number
    }

    /// True or false; nil when it is absent or null.
    mutating func optionalFlag(_ name: String) -> Bool? {
        guard let value = object.optional(name) else { return nil }
        guard let flag = try? value.bool() else {
            refuse(name, "Must be true or false.")
            return nil
        }
        return flag
    }

    /// A list of texts; nil when it is absent or null.
    mutating func optionalTexts(_ name: String, atMost limit: Int) -> [String]? {
        guard let value = object.optional(name) else { return nil }
        guard let values = try? value.array(), values.count <= limit, case let texts = values.compactMap({ try? $0.string() }),
            texts.count == values.count
        else {
            refuse(name, "Must be a list of at most \(limit) strings.")
            return nil
        }
        return texts
    }

    /// An object that must be there.
    mutating func form(_ name: String) -> RequestForm? {
        guard let value = object.optional(name), let inner = try? value.object() else {
            refuse(name, "Must be an object.")
            return nil
        }
        return RequestForm(inner, at: "\(pointer)/\(name)")
    }

    /// The value of a member as it was sent.
    func value(_ name: String) -> JSONValue? { object.optional(name) }
}
