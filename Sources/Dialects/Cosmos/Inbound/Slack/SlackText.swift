/// The markup of Slack's messages in Markdown (contracts/cosmos.md 9.5).
///
/// One pass over the text, whose cost is linear in its length whatever is written.
struct SlackText {
    /// Whose markup it is.
    enum Style {
        /// Slack's own: `*bold*`, `~struck~`, entities, angle brackets.
        case slack
        /// Markdown in which only angle brackets have Slack's meaning.
        case markdown
    }

    /// Unicode scalars that are looked at: what Slack takes of a text.
    static let inputLimit = 40_000

    private let scalars: [Unicode.Scalar]
    private let style: Style
    private let members: Set<String>
    /// Places where emphasis begins or ends.
    private var marks: Set<Int> = []
    /// Places within code.
    private var code: [Range<Int>] = []

    private init(_ text: String, _ style: Style, members: Set<String>) {
        scalars = Array(text.unicodeScalars.prefix(Self.inputLimit))
        self.style = style
        self.members = members
        findCode()
        guard style == .slack else { return }
        findMarks("*")
        findMarks("~")
    }

    /// The text in Markdown.
    ///
    /// - Parameter members: those of the ids in the text that are members, who are mentioned.
    static func markdown(_ text: String, _ style: Style = .slack, members: Set<String> = []) -> String {
        SlackText(text, style, members: members).converted
    }

    /// The ids that a text may mean people by, at most so many.
    static func identifiers(in text: String, atMost limit: Int = 100) -> Set<String> {
        let slack = SlackText(text, .markdown, members: [])
        var found: Set<String> = []
        var index = 0
        while index < slack.scalars.count, found.count < limit {
            guard let end = slack.bracketEnd(from: index) else {
                index += 1
                continue
            }
            var content = slack.string(index + 1..<end)
            if content.hasPrefix("@") { content.removeFirst() }
            let id = content.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
            if isIdentifier(id) { found.insert(id) }
            index = end + 1
        }
        return found
    }

    // MARK: Writing

    private var converted: String {
        var result = ""
        var index = 0
        var nextCode = 0
        while index < scalars.count {
            while nextCode < code.count, code[nextCode].upperBound <= index { nextCode += 1 }
            let isCode = nextCode < code.count && code[nextCode].contains(index)
            if let end = bracketEnd(from: index), let text = bracketed(string(index + 1..<end), isCode: isCode) {
                result += text
                index = end + 1
                continue
            }
            let scalar = scalars[index]
            result.unicodeScalars.append(scalar)
            // Markdown has two of each.
            if marks.contains(index) { result.unicodeScalars.append(scalar) }
            index += 1
        }
        return style == .slack ? Self.decoded(result) : result
    }

    /// What stands for angle brackets and what is in them; nil: they are only text.
    private func bracketed(_ content: String, isCode: Bool) -> String? {
        let parts = content.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let target = parts.first, !target.isEmpty else { return nil }
        let label = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
        switch target.unicodeScalars.first {
        case "@":
            let id = String(target.dropFirst())
            return members.contains(id) ? "<@\(id)>" : label ?? id
        case "#": return "#\(label ?? String(target.dropFirst()))"
        case "!": return command(String(target.dropFirst()), label)
        default: break
        }
        if target.contains("://") || target.hasPrefix("mailto:") {
            guard let label, label != target else { return target }
            return isCode ? label : "[\(label)](\(target))"
        }
        if members.contains(target) { return "<@\(target)>" }
        return style == .slack && Self.isIdentifier(target) ? label ?? target : nil
    }

    private func command(_ name: String, _ label: String?) -> String {
        switch name {
        case "channel", "here", "everyone", "all": "@everyone"
        default: label ?? ""
        }
    }

    /// The three entities that Slack has, each once.
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            let entity = byte == UInt8(ascii: "&") ? Self.entities.first { rest.starts(with: $0.text.utf8) } : nil
            result.append(entity?.byte ?? byte)
            rest = rest.dropFirst(entity?.text.utf8.count ?? 1)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let entities: [(text: String, byte: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
    ]

    // MARK: Finding

    /// The place of the `>` that closes the `<` at a place, nil when none does on the same line before another `<`.
    private func bracketEnd(from start: Int) -> Int? {
        guard scalars[start] == "<" else { return nil }
        var index = start + 1
        while index < scalars.count, scalars[index] != "<", scalars[index] != "\n" {
            if scalars[index] == ">" { return index }
            index += 1
        }
        return nil
    }

    /// Code between single backticks on one line, or between three.
    private mutating func findCode() {
        var index = 0
        // Where no end was found, a later beginning finds none either.
        var hasFence = true
        var lineWithoutEnd = -1
        var line = 0
        while index < scalars.count {
            if scalars[index] == "\n" { line += 1 }
            guard scalars[index] == "`" else {
                index += 1
                continue
            }
            let isFence = string(index..<min(index + 3, scalars.count)) == "```"
            var end: Int?
            if isFence, hasFence {
                var place = index + 3
                while place + 2 < scalars.count, string(place..<place + 3) != "```" { place += 1 }
                if place + 2 < scalars.count { end = place + 3 } else { hasFence = false }
            } else if !isFence, line != lineWithoutEnd {
                end = scalars[(index + 1)...].firstIndex { $0 == "`" || $0 == "\n" }.flatMap { scalars[$0] == "`" ? $0 + 1 : nil }
                if end == nil { lineWithoutEnd = line }
            }
            guard let end else {
                index += isFence ? 3 : 1
                continue
            }
            code.append(index..<end)
            line += scalars[index..<end].reduce(0) { $0 + ($1 == "\n" ? 1 : 0) }
            index = end
        }
    }

    /// Pairs of one mark around words of one line.
    private mutating func findMarks(_ mark: Unicode.Scalar) {
        var opening: Int?
        var nextCode = 0
        var index = 0
        while index < scalars.count {
            while nextCode < code.count, code[nextCode].upperBound <= index { nextCode += 1 }
            if nextCode < code.count, code[nextCode].contains(index) {
                index = code[nextCode].upperBound
                continue
            }
            if let end = bracketEnd(from: index) {
                index = end + 1
                continue
            }
            if scalars[index] == "\n" { opening = nil }
            if scalars[index] == mark {
                // Two of them are Markdown already.
                if isMark(mark, at: index + 1) {
                    opening = nil
                    while isMark(mark, at: index) { index += 1 }
                    continue
                }
                if let start = opening, canClose(at: index), index > start + 1 {
                    marks.formUnion([start, index])
                    opening = nil
                } else if canOpen(at: index) {
                    opening = index
                }
            }
            index += 1
        }
    }

    private func isMark(_ mark: Unicode.Scalar, at index: Int) -> Bool { index < scalars.count && scalars[index] == mark }

    private func canOpen(at index: Int) -> Bool {
        let isBehindWord = index > 0 && Self.isWord(scalars[index - 1])
        return !isBehindWord && index + 1 < scalars.count && !scalars[index + 1].properties.isWhitespace
    }

    private func canClose(at index: Int) -> Bool {
        let isBeforeWord = index + 1 < scalars.count && Self.isWord(scalars[index + 1])
        return !isBeforeWord && index > 0 && !scalars[index - 1].properties.isWhitespace
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private func string(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }
}
