/// Why a text is not a structured field (RFC 9651).
public struct StructuredFieldError: Error, Sendable, Equatable {
    /// What is wrong; never a part of the field itself.
    public var reason: String
    /// The byte where reading stopped.
    public var offset: Int
}
