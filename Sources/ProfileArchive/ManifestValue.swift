internal import YAML

/// A value of the manifest with its place, so that whoever wrote it finds what is wrong.
struct ManifestValue {
    private let node: YAMLNode
    /// The way to it, such as `mods[2].version`; empty at the root.
    private let path: String

    /// The whole document.
    init(_ document: YAMLNode) {
        self.init(node: document, path: "")
    }

    private init(node: YAMLNode, path: String) {
        self.node = node
        self.path = path
    }

    /// A member of a mapping; nil when it is absent.
    subscript(name: String) -> ManifestValue? {
        node[name].map { ManifestValue(node: $0, path: path.isEmpty ? name : "\(path).\(name)") }
    }

    /// Whether nothing stands there.
    var isNull: Bool { node.kind == .null }

    /// A member that must be there.
    func member(_ name: String) throws(ProfileArchiveFailure) -> ManifestValue {
        guard node.kind == .mapping else { throw failure("must be a mapping and is \(node.kind)") }
        guard let member = self[name] else { throw failure("has no \(name)") }
        return member
    }

    /// The items of a list.
    func items(atMost limit: Int) throws(ProfileArchiveFailure) -> [ManifestValue] {
        guard let items = node.items else { throw failure("must be a list and is \(node.kind)") }
        guard items.count <= limit else { throw failure("has more than \(limit) entries") }
        return items.enumerated().map { ManifestValue(node: $1, path: "\(path)[\($0)]") }
    }

    /// A string of a bounded length, without control characters: a database may not hold them, and a terminal obeys them.
    func name(atMost limit: Int) throws(ProfileArchiveFailure) -> String {
        guard let string = node.string else { throw failure("must be a string and is \(node.kind)") }
        guard string.unicodeScalars.count <= limit else { throw failure("has more than \(limit) characters") }
        guard !string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw failure("has a control character")
        }
        return string
    }

    /// A boolean.
    func boolean() throws(ProfileArchiveFailure) -> Bool {
        guard let boolean = node.boolean else { throw failure("must be true or false and is \(node.kind)") }
        return boolean
    }

    /// A whole number that 32 bits without a sign hold.
    func number() throws(ProfileArchiveFailure) -> UInt32 {
        guard node.kind == .integer else { throw failure("must be a whole number from 0 to \(UInt32.max) and is \(node.kind)") }
        guard let number = node.integer.flatMap({ UInt32(exactly: $0) }) else { throw failure("must be from 0 to \(UInt32.max)") }
        return number
    }

    /// What is wrong with this value, with its line.
    func failure(_ reason: String) -> ProfileArchiveFailure {
        .invalidManifest(reason: "line \(node.line): \(path.isEmpty ? "the manifest" : path) \(reason)")
    }
}
