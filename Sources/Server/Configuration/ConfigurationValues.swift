internal import YAML

/// The values of all keys with their origins, before they get their types.
struct ConfigurationValues: Sendable {
    struct Value: Sendable {
        var node: YAMLNode
        var origin: ConfigurationOrigin
    }

    private(set) var values: [String: Value] = [:]

    /// Takes the keys of a document; a later layer wins. Null takes a key, or all keys of a group, back to its default.
    ///
    /// - Parameter origin: where the value on a line comes from.
    mutating func merge(
        _ document: YAMLNode, under prefix: String = "", origin: (_ line: Int) -> ConfigurationOrigin
    ) throws(ConfigurationError) {
        if case .null = document.content {
            values = values.filter { !$0.key.hasPrefix(prefix + ".") }
            return
        }
        guard case .mapping(let entries) = document.content else {
            let reason = prefix.isEmpty ? "a configuration is a mapping" : "\(prefix) has keys of its own"
            throw ConfigurationError(place: origin(document.line).description, reason: reason)
        }
        for entry in entries {
            let path = prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)"
            if ConfigurationKey.isGroup(path) {
                try merge(entry.value, under: path, origin: origin)
            } else {
                try set(path, entry.value, origin(entry.line))
            }
        }
    }

    /// Sets one key; null takes it back to its default.
    mutating func set(_ path: String, _ node: YAMLNode, _ origin: ConfigurationOrigin) throws(ConfigurationError) {
        guard let key = ConfigurationKey.named(path) else {
            throw ConfigurationError(place: origin.description, reason: ConfigurationKey.unknown(path))
        }
        if case .null = node.content {
            values[path] = nil
            return
        }
        if let reason = key.kind.refusal(of: node) {
            throw ConfigurationError(place: origin.description, reason: "\(path) \(reason)")
        }
        values[path] = Value(node: node, origin: origin)
    }

    /// Sets one key to a text that may be JSON or YAML: `--set` and the environment.
    mutating func set(_ path: String, text: String, _ origin: ConfigurationOrigin) throws(ConfigurationError) {
        let isGroup = ConfigurationKey.isGroup(path)
        if !isGroup {
            guard ConfigurationKey.named(path)?.kind.isList == true else { return try set(path, Self.single(text), origin) }
        }
        let node: YAMLNode
        do throws(YAMLReader.Failure) {
            node = try YAMLReader.parse(Array(text.utf8), as: "a configuration")
        } catch {
            throw ConfigurationError(place: origin.description, reason: "\(path) \(error.reason)")
        }
        if isGroup { try merge(node, under: path) { _ in origin } } else { try set(path, node, origin) }
    }

    /// A single value: null, and what stands in quotes, as YAML reads it; everything else as it is, because a password may hold ` #` or `: `.
    /// Empty is not null here: a variable that was meant to hold something shall not fall back in silence.
    private static func single(_ text: String) -> YAMLNode {
        let plain = YAMLNode(content: .scalar(text), line: 1)
        guard !text.isEmpty, let node = try? YAMLReader.parse(Array(text.utf8)) else { return plain }
        switch node.content {
        case .null: return node
        case .scalar: return text.hasPrefix("\"") || text.hasPrefix("'") ? node : plain
        case .sequence, .mapping: return plain
        }
    }

    // MARK: Typed

    func origin(_ path: String) -> ConfigurationOrigin {
        values[path]?.origin ?? .byDefault
    }

    func text(_ path: String) -> String? {
        values[path]?.node.text ?? ConfigurationKey.named(path)?.defaultText
    }

    func integer(_ path: String) -> Int? {
        text(path).flatMap { Int($0) }
    }

    func flag(_ path: String) -> Bool {
        text(path) == "true"
    }

    func list(_ path: String) -> [String] {
        if values[path] == nil, let text = ConfigurationKey.named(path)?.defaultText {
            return text.split { "[], ".contains($0) }.map(String.init)
        }
        return items(path).compactMap(\.text)
    }

    /// A list of whole numbers.
    func numbers(_ path: String) -> [Int] {
        if values[path] == nil, let text = ConfigurationKey.named(path)?.defaultText {
            return text.split { !$0.isNumber }.compactMap { Int($0) }
        }
        return list(path).compactMap { Int($0) }
    }

    /// A list of mappings.
    func records(_ path: String) -> [ConfigurationRecord] {
        items(path).map { ConfigurationRecord($0) }
    }

    private func items(_ path: String) -> [YAMLNode] {
        guard case .sequence(let items) = values[path]?.node.content else { return [] }
        return items
    }
}
