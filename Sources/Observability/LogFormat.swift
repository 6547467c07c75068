internal import JSON
internal import Primitives

/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people at a terminal.
    case text
    /// One JSON object, for programs.
    case json

    /// The line, with its end.
    func line(_ level: LogLevel, _ message: String, _ fields: [(String, LogValue)], at time: Timestamp) -> [UInt8] {
        switch self {
        case .text: text(level, message, fields, at: time)
        case .json: json(level, message, fields, at: time)
        }
    }

    private func json(_ level: LogLevel, _ message: String, _ fields: [(String, LogValue)], at time: Timestamp) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.object { json in
            json.member("time", time.rfc3339Microseconds)
            json.member("level", level.rawValue)
            json.member("message", message)
            for (name, value) in fields {
                json.key(name)
                switch value {
                case .text(let text): json.value(text)
                case .integer(let number): json.value(number)
                case .double(let number): json.value(number)
                case .bool(let flag): json.value(flag)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func text(_ level: LogLevel, _ message: String, _ fields: [(String, LogValue)], at time: Timestamp) -> [UInt8] {
        // The time of day is enough for somebody who looks on.
        var line = "\(time.rfc3339.dropFirst(11).dropLast()) \(level.rawValue) \(Self.escape(message))"
        for (name, value) in fields {
            line += " \(name)="
            switch value {
            case .text(let text): line += text.contains(" ") ? "\"\(Self.escape(text))\"" : Self.escape(text)
            case .integer(let number): line += String(number)
            case .double(let number): line += number.description
            case .bool(let flag): line += String(flag)
            }
        }
        return Array((line + "\n").utf8)
    }

    /// Control characters are written as escapes: nothing that a client sent can begin a line of its own or move the cursor.
    private static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}
