/// Makes text from outside harmless in a line of the log: it cannot begin a line of its own, move the cursor, turn the direction of writing,
/// look like another field or fill the disk.
enum LogText {
    /// Unicode scalars of a message or value that are shown.
    static let limit = 2_048

    /// The text with its control characters written as escapes, cut at the limit.
    /// - Parameter inJSON: those that JSON escapes itself are left to it.
    static func visible(_ text: String, inJSON: Bool = false) -> String {
        // Most texts are short and plain; then nothing is copied.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
        var visible = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return visible + "…" }
            count += 1
            if isHarmful(scalar), !(inJSON && scalar.value < 0x20) {
                visible += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                visible.unicodeScalars.append(scalar)
            }
        }
        return visible
    }

    /// The text as the value of a field: in quotation marks when it could be read as something else.
    static func quoted(_ text: String) -> String {
        guard text.isEmpty || text.utf8.contains(where: { [0x20, 0x22, 0x3d, 0x5c].contains($0) }) else { return visible(text) }
        return "\"" + visible(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\""
    }

    /// Control characters, the other ends of lines, and what turns the direction of writing.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }
}
