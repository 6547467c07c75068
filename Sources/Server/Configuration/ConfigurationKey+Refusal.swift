internal import YAML

extension ConfigurationKey.Kind {
    /// Whether values are lists.
    var isList: Bool {
        switch self {
        case .list, .numbers, .records: true
        case .text, .integer, .flag, .choice: false
        }
    }

    /// What is wrong with a value, nil when it is good.
    func refusal(of node: YAMLNode) -> String? {
        switch self {
        case .list:
            guard case .sequence(let items) = node.content, items.allSatisfy({ $0.text != nil }) else {
                return "must be a list, such as [a, b]"
            }
            return nil
        case .numbers(let range):
            let isGood: (YAMLNode) -> Bool = { $0.text.flatMap { Int($0) }.map(range.contains) ?? false }
            guard case .sequence(let items) = node.content, !items.isEmpty, items.allSatisfy(isGood) else {
                return "must be a list of whole numbers from \(range.lowerBound) to \(range.upperBound), such as [0, 5]"
            }
            return nil
        case .records(let members): return Self.refusal(ofRecords: node, members)
        case .text:
            guard let text = node.text else { return "must be a single value" }
            return text.isEmpty ? "must not be empty" : nil
        case .integer(let range):
            guard let number = node.text.flatMap({ Int($0) }), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .flag: return node.text == "true" || node.text == "false" ? nil : "must be true or false"
        case .choice(let choices):
            return node.text.map(choices.contains) == true ? nil : "must be one of: \(choices.joined(separator: ", "))"
        }
    }

    private static func refusal(ofRecords node: YAMLNode, _ members: [ConfigurationKey.Member]) -> String? {
        guard case .sequence(let items) = node.content else {
            return "must be a list of mappings, such as [{\(members.first?.name ?? "name"): ...}]"
        }
        for item in items {
            guard case .mapping(let entries) = item.content else {
                return "must hold mappings with \(members.map(\.name).joined(separator: ", "))"
            }
            for entry in entries {
                guard let member = members.first(where: { $0.name == entry.key }) else {
                    return "has an unknown member \(entry.key); it knows \(members.map(\.name).joined(separator: ", "))"
                }
                let kind = member.isList ? ConfigurationKey.Kind.list : .text
                if let reason = kind.refusal(of: entry.value) { return "has a member \(entry.key) that \(reason)" }
            }
            if let missing = members.first(where: { member in member.isRequired && !entries.contains { $0.key == member.name } }) {
                return "has an entry without \(missing.name)"
            }
        }
        return nil
    }
}
