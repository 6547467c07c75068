public import Primitives

/// Writes the log: a line for each thing that happened, with fields beside it. No secret is ever handed to it.
public struct Logger: Sendable {
    /// Lines that matter less are not written.
    public let level: LogLevel
    /// The part of the program that writes, nil when that does not matter.
    public private(set) var label: String?
    private let format: LogFormat
    private let sink: @Sendable ([UInt8]) -> Void
    private let clock: WallClock

    /// - Parameters:
    ///   - level: lines that matter less are not written.
    ///   - format: how a line looks.
    ///   - clock: where the time of a line comes from.
    ///   - sink: takes one whole line at a time, with its end, from any thread.
    public init(
        level: LogLevel = .info, format: LogFormat, clock: @escaping WallClock = { .now() },
        sink: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.level = level
        self.format = format
        self.clock = clock
        self.sink = sink
    }

    /// The same logger for one part of the program.
    public func labelled(_ label: String) -> Logger {
        var logger = self
        logger.label = label
        return logger
    }

    /// Writes a line, when it matters enough. Message and fields are not even made when it does not.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(String, LogValue)] = []) {
        guard level >= self.level else { return }
        sink(format.line(LogLine(time: clock(), level: level, label: label, message: message(), fields: fields())))
    }

    /// Writes a line with its fields as a literal: `["count": 3]`.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, LogValue>) {
        log(level, message(), fields().map { ($0.key, $0.value) })
    }
}

/// One line of the log before it is text.
struct LogLine {
    var time: Timestamp
    var level: LogLevel
    var label: String?
    var message: String
    var fields: [(String, LogValue)]
}
