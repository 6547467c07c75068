public import Primitives

/// A key of another server, as an operator looks at it.
public struct TrustedKey: Sendable, Equatable {
    /// Why it counts, or does not.
    public enum State: Sendable, Equatable {
        /// It is in the document, and nothing is pinned.
        case published
        /// The configuration or the command line names it.
        case pinned
        /// This key has brought it.
        case introduced(by: String)
        /// Others are pinned.
        case notTrusted
        /// It is the example key of RFC 9421, which everybody has.
        case example
        /// It never counts again.
        case revoked
    }

    /// Its server; nil for a key that no configured server has shown, and that is revoked for all.
    public var source: KeySource?
    /// Its name.
    public var thumbprint: String
    /// Why it counts, or does not.
    public var state: State
    /// Since when that is so; nil when it is not known, as for a pin of the configuration.
    public var since: Timestamp?
}

/// Why keys cannot be revoked or pinned.
public enum KeyChangeFailure: Error, Sendable, Equatable {
    /// The text is no thumbprint.
    case noThumbprint
    /// No server of that origin is configured.
    case unknownSource
    /// The origin has two roles, and it is not known for which of them the key is.
    case ambiguousSource
    /// A key is another server's.
    case foreignKey
    /// No key of the server would be left.
    case lastKey
    /// The key is revoked, which is for ever.
    case revokedKey
}
