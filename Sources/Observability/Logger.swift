public import Primitives

/// Writes the log: a line for each thing that happened, with fields beside it. No secret is ever handed to it.
public struct Logger: Sendable {
    /// Lines that matter less are not written.
    public let level: LogLevel
    private let format: LogFormat
    private let sink: @Sendable ([UInt8]) -> Void
    private let clock: WallClock

    /// - Parameters:
    ///   - level: lines that matter less are not written.
    ///   - format: how a line looks.
    ///   - sink: takes one whole line at a time, from any thread.
    public init(
        level: LogLevel = .info, format: LogFormat, clock: @escaping WallClock = { .now() },
        sink: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.level = level
        self.format = format
        self.clock = clock
        self.sink = sink
    }

    /// Writes a line, when it matters enough.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(String, LogValue)] = []) {
        guard level >= self.level else { return }
        sink(format.line(level, message(), fields(), at: clock()))
    }
}
