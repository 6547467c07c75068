@testable import Server

/// The configuration reader: what is read is within the limits, reads the same when it is written again, and can be taken as a configuration.
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

    /// Writes flow style with everything quoted and all keys marked, because short keys only go unmarked.
    private static func write(_ node: YAMLNode, to text: inout String) {
        switch node.content {
        case .null: text += "~"
        case .scalar(let scalar): write(scalar, to: &text)
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
                text += "? "
                write(entry.key, to: &text)
                text += " : "
                write(entry.value, to: &text)
                text += ",\n"
            }
            text += "}"
        }
    }

    private static func write(_ scalar: String, to text: inout String) {
        text += "\""
        for value in scalar.unicodeScalars {
            switch value {
            case "\"", "\\": text += "\\\(value)"
            case " "..."~": text.unicodeScalars.append(value)
            default:
                let digits = String(value.value, radix: 16)
                text += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        text += "\""
    }

    /// Whether two nodes have the same content, wherever it stands. Texts are compared by their bytes.
    private static func isSame(_ left: YAMLNode, _ right: YAMLNode) -> Bool {
        switch (left.content, right.content) {
        case (.null, .null): true
        case (.scalar(let left), .scalar(let right)): left.utf8.elementsEqual(right.utf8)
        case (.sequence(let left), .sequence(let right)): left.elementsEqual(right, by: isSame)
        case (.mapping(let left), .mapping(let right)):
            left.elementsEqual(right) { $0.key.utf8.elementsEqual($1.key.utf8) && isSame($0.value, $1.value) }
        default: false
        }
    }
}
