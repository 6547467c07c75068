/// Why a token that another server has signed does not count (contracts/cosmos.md 3.4). The words never hold a part of the token.
public enum TokenFailure: Error, Sendable, Equatable {
    /// It is not written as it has to be, or says what it must not.
    case malformed(String)
    /// The owner of the key has not signed it.
    case invalidSignature
    /// Nobody vouches for people under this name.
    case unknownIssuer
    /// It is meant for somebody else.
    case wrongAudience
    /// It is too old, too young, or good for too long.
    case untimely
    /// It belongs to a key, and the proof of that key is missing or wrong.
    case unproven(String)
}
