internal import JSON

/// Members of payloads that other products write: what is of another type than expected counts as absent, since such products change.
extension JSONObject {
    /// A text that is not empty.
    func text(_ name: String) -> String? {
        guard let value = optional(name), let text = try? value.string(), !text.isEmpty else { return nil }
        return text
    }

    /// A text, also one that is written as a number or a truth value.
    func looseText(_ name: String) -> String? {
        guard let value = optional(name) else { return nil }
        if let number = try? value.integer() { return String(number) }
        if let number = try? value.double() { return String(number) }
        if let flag = try? value.bool() { return String(flag) }
        return text(name)
    }

    func number(_ name: String) -> Int64? {
        guard let value = optional(name) else { return nil }
        return try? value.integer()
    }

    func flag(_ name: String) -> Bool {
        guard let value = optional(name) else { return false }
        return (try? value.bool()) ?? false
    }

    func object(_ name: String) -> JSONObject? {
        guard let value = optional(name) else { return nil }
        return try? value.object()
    }

    /// The objects of a list, at most so many; others in it are left out.
    func objects(_ name: String, atMost limit: Int) -> [JSONObject] {
        guard let value = optional(name), let values = try? value.array() else { return [] }
        return values.prefix(limit).compactMap { try? $0.object() }
    }
}
