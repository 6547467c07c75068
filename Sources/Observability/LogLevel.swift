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

/// A value beside a message of the log.
public enum LogValue: Sendable, Equatable {
    /// A text. Control characters are escaped when it is written.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// Any number.
    case double(Double)
    /// Yes or no.
    case bool(Bool)
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation {
    /// A text.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// A whole number.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// Yes or no.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}
