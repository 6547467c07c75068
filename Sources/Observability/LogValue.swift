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

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    /// A text.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// A whole number.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// Any number.
    public init(floatLiteral value: Double) {
        self = .double(value)
    }

    /// Yes or no.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}
