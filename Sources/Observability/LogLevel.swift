/// How much a line of the log matters.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// Each step.
    case trace
    /// For those who look for a fault.
    case debug
    /// What an operator may want to know.
    case info
    /// Something is not as it should be, and the server copes.
    case warning
    /// Something failed.
    case error

    /// By weight.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.weight < right.weight
    }

    private var weight: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .warning: 3
        case .error: 4
        }
    }
}
