/// A value that no text shows: printed, logged or dumped, also as a part of something else, it is three stars.
public struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    /// Hides a value.
    public init(_ value: Value) {
        self.value = value
    }

    /// The value, for the one place that needs it.
    public func reveal() -> Value {
        value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Three stars.
    public var description: String { "***" }

    /// Three stars.
    public var debugDescription: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension LogValue {
    /// Stands for a value that is not shown.
    public static var secret: LogValue { .text("***") }
}
