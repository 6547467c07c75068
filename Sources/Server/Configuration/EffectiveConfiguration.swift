/// What `roost config` prints: every key, its value, and where that comes from. Secrets are three stars.
enum EffectiveConfiguration {
    static func text(of values: ConfigurationValues) -> String {
        ConfigurationKey.all.map { key in
            "\(key.path): \(value(of: key, values))  # \(values.origin(key.path))\n"
        }.joined()
    }

    private static func value(of key: ConfigurationKey, _ values: ConfigurationValues) -> String {
        guard let text = values.text(key.path) ?? list(key, values) else { return "null" }
        // The name of the embedded database is no secret, the URL of a server may hold one.
        if key.isSecret, text != key.defaultText { return "\"***\"" }
        switch key.kind {
        case .text: return quoted(text)
        case .integer, .flag, .choice: return text
        case .list, .numbers, .records: return list(key, values) ?? "[]"
        }
    }

    private static func list(_ key: ConfigurationKey, _ values: ConfigurationValues) -> String? {
        switch key.kind {
        case .list: flow(values.list(key.path).map(quoted))
        case .numbers: flow(values.numbers(key.path).map(String.init))
        case .records: flow(values.records(key.path).map(record))
        case .text, .integer, .flag, .choice: nil
        }
    }

    private static func record(_ record: ConfigurationRecord) -> String {
        let members = record.names.map { name in
            "\(name): \(record.list(name).map { flow($0.map(quoted)) } ?? quoted(record.text(name) ?? ""))"
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func flow(_ items: [String]) -> String {
        "[" + items.joined(separator: ", ") + "]"
    }

    /// A double-quoted YAML scalar. Control characters are escaped: YAML refuses them, and a terminal obeys them.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
