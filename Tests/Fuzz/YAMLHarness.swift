internal import YAML

@testable import Server

/// The YAML reader: what is read is within the limits and of one kind, reads the same when it is written again, and can be taken as a configuration.
enum YAMLHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let document: YAMLNode
        do throws(YAMLReader.Failure) {
            document = try YAMLReader.parse(bytes)
        } catch {
            try require(error.line >= 1 && error.line <= lineCount(bytes) + 1, "the line \(error.line) of a refusal is not there")
            try require(!error.reason.isEmpty, "a refusal has no reason")
            return
        }
        let depth = try walk(document, lineCount(bytes))
        try require(depth <= YAMLReader.depthLimit, "\(depth) levels are above the limit")

        var text = ""
        write(document, to: &text)
        guard let again = try? YAMLReader.parse(Array(text.utf8)) else {
            throw Finding(description: "written again it is not read: \(text)")
        }
        try require(isSame(document, again), "written again it is another: \(text)")

        var values = ConfigurationValues()
        guard (try? values.merge(document) { .file("fuzz", line: $0) }) != nil else { return }
        _ = try? Configuration(values)
    }

    /// libyaml counts more line breaks than the line feed; each of them has a byte of its own.
    private static func lineCount(_ bytes: [UInt8]) -> Int {
        bytes.count + 1
    }

    /// - Returns: the levels.
    private static func walk(_ node: YAMLNode, _ lines: Int) throws(Finding) -> Int {
        try require(node.line >= 1 && node.line <= lines, "the line \(node.line) is not there")
        try checkKind(node)
        var depth = 0
        switch node.content {
        case .null, .scalar: return 0
        case .sequence(let items): for item in items { depth = max(depth, try walk(item, lines)) }
        case .mapping(let entries):
            try require(Set(entries.map(\.key)).count == entries.count, "a key stands in a mapping twice")
            for entry in entries { depth = max(depth, try walk(entry.value, lines)) }
        }
        return depth + 1
    }

    /// A value is of its kind and no other.
    private static func checkKind(_ node: YAMLNode) throws(Finding) {
        let kind = node.kind
        try require((node.string != nil) == (kind == .string), "\(kind) is read as a string")
        try require((node.boolean != nil) == (kind == .boolean), "\(kind) is read as a boolean")
        try require(node.integer == nil || kind == .integer, "\(kind) is read as an integer")
        try require((node.items != nil) == (kind == .sequence), "\(kind) is read as a list")
        if case .scalar(_, isPlain: false) = node.content { try require(kind == .string, "what stands in quotes is \(kind)") }
    }

    /// Writes flow style with everything quoted and all keys marked, because short keys only go unmarked.
    private static func write(_ node: YAMLNode, to text: inout String) {
        switch node.content {
        case .null: text += "~"
        case .scalar(let scalar, _): text += quoted(scalar)
        case .sequence(let items):
            text += "["
            for item in items {
                write(item, to: &text)
                text += ",\n"
            }
            text += "]"
        case .mapping(let entries):
            text += "{"
            for entry in entries {
                text += "? \(quoted(entry.key)) : "
                write(entry.value, to: &text)
                text += ",\n"
            }
            text += "}"
        }
    }

    /// A scalar in double quotes, with everything escaped that is not ASCII.
    static func quoted(_ scalar: String) -> String {
        var text = "\""
        for value in scalar.unicodeScalars {
            switch value {
            case "\"", "\\": text += "\\\(value)"
            case " "..."~": text.unicodeScalars.append(value)
            default:
                let digits = String(value.value, radix: 16)
                text += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return text + "\""
    }

    /// Whether two nodes have the same content, wherever it stands. Texts are compared by their bytes.
    private static func isSame(_ left: YAMLNode, _ right: YAMLNode) -> Bool {
        switch (left.content, right.content) {
        case (.null, .null): true
        case (.scalar(let left, _), .scalar(let right, _)): left.utf8.elementsEqual(right.utf8)
        case (.sequence(let left), .sequence(let right)): left.elementsEqual(right, by: isSame)
        case (.mapping(let left), .mapping(let right)):
            left.elementsEqual(right) { $0.key.utf8.elementsEqual($1.key.utf8) && isSame($0.value, $1.value) }
        default: false
        }
    }
}
