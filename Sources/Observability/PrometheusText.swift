/// The small parts of Prometheus' text format 0.0.4.
enum PrometheusText {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func isName(_ text: String) -> Bool {
        isWord(text, with: ":")
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; names with two leading underscores are Prometheus' own, and `le` is a histogram's.
    static func isLabel(_ text: String) -> Bool {
        isWord(text, with: "_") && !text.hasPrefix("__") && text != "le"
    }

    private static func isWord(_ text: String, with other: Unicode.Scalar) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", other: true
            default: false
            }
        }
    }

    /// `a="1",b="2"`
    static func labels(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { "\($0.key)=\"\(escape($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    /// Backslash and line feed become `\\` and `\n` everywhere, the quotation mark `\"` in the value of a label.
    static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number as Go reads it: whole ones without a fraction, the others as the shortest text that reads back the same.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
    }
}
