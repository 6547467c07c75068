internal import JSON
internal import Primitives

/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people at a terminal: `12:34:56 info gateway: Served count=3`.
    case text
    /// One JSON object, for programs: `time` (RFC 3339 with milliseconds), `level`, `label` when there is one, `message`, then the fields.
    case json

    /// Text when a person looks at the standard error stream, else JSON (contracts/configuration.md, `log.format` = auto).
    public static var automatic: LogFormat { StandardError.isTerminal ? .text : .json }

    /// The line, with its end.
    func line(_ line: LogLine) -> [UInt8] {
        switch self {
        case .text: text(line)
        case .json: json(line)
        }
    }

    private func json(_ line: LogLine) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.object { json in
            // Microseconds say no more than milliseconds here: the last three digits and the Z go.
            json.member("time", line.time.rfc3339Microseconds.dropLast(4) + "Z")
            json.member("level", line.level.rawValue)
            if let label = line.label { json.member("label", label) }
            json.member("message", LogText.visible(line.message, inJSON: true))
            for (name, value) in line.fields {
                json.key(name)
                switch value {
                case .text(let text): json.value(LogText.visible(text, inJSON: true))
                case .integer(let number): json.value(number)
                case .double(let number): json.value(number)
                case .bool(let flag): json.value(flag)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func text(_ line: LogLine) -> [UInt8] {
        // The time of day is enough for somebody who looks on.
        var text = "\(line.time.rfc3339.dropFirst(11).dropLast()) \(line.level.rawValue) "
        if let label = line.label { text += "\(label): " }
        text += LogText.visible(line.message)
        for (name, value) in line.fields {
            text += " \(name)="
            switch value {
            case .text(let value): text += LogText.quoted(value)
            case .integer(let number): text += String(number)
            case .double(let number): text += number.description
            case .bool(let flag): text += String(flag)
            }
        }
        return Array((text + "\n").utf8)
    }
}
