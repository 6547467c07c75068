internal import YAML

/// One mapping of a list of them.
struct ConfigurationRecord: Sendable {
    private let entries: [YAMLNode.Entry]

    init(_ node: YAMLNode) {
        if case .mapping(let entries) = node.content { self.entries = entries } else { entries = [] }
    }

    /// The names of its members, in order.
    var names: [String] { entries.map(\.key) }

    func text(_ name: String) -> String? {
        entries.first { $0.key == name }?.value.text
    }

    /// A list of texts; nil when the member is no list.
    func list(_ name: String) -> [String]? {
        guard case .sequence(let items) = entries.first(where: { $0.key == name })?.value.content else { return nil }
        return items.compactMap(\.text)
    }
}
