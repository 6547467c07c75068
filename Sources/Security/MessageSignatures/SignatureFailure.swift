/// Why a signature over a message does not count (contracts/cosmos.md 3.3). The words never hold a part of the message.
public enum SignatureFailure: Error, Sendable, Equatable {
    /// It is not written as the profile asks, or something that it covers is not there.
    case malformed(String)
    /// It is too old, too young, or good for too long.
    case untimely
    /// The owner of the key has not signed this message.
    case invalid
    /// The digest of the body is unsupported or wrong.
    case wrongDigest(String)
}
