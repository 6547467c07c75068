import Observability
import Primitives

/// Takes the lines of a logger.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    /// What has been written.
    var all: [String] { lines.withLock { $0 } }

    /// A logger at 2026-11-24T12:34:56.789123Z.
    func logger(_ format: LogFormat, level: LogLevel = .trace) -> Logger {
        Logger(level: level, format: format, clock: { Timestamp(microseconds: 1_795_523_696_789_123) }) { [self] bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
    }
}
