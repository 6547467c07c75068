internal import Security

/// Why another server, or somebody it vouches for, is not believed: the codes 4100 to 4108 and 4204 of contracts/cosmos.md 2.
public enum TrustFailure: Error, Sendable, Equatable {
    /// The signature is malformed or does not verify; the words hold nothing of the request.
    case invalidSignature(String)
    /// Outside of the time window.
    case untimely
    /// A nonce or a token that is good once has been seen.
    case replayed
    /// The key is unknown or revoked.
    case unknownKey
    /// The digest of the body is missing, unsupported or wrong.
    case wrongDigest(String)
    /// The token is for another server, or nobody trusted has issued it.
    case wrongAudience(String)
    /// The token is malformed, of another type, or its signature is bad.
    case invalidToken(String)
    /// The keys cannot be had, or what has been used cannot be written down.
    case unavailable
    /// What the owner is said to want is not signed by the owner's identity server.
    case invalidAssertion(String)

    init(_ failure: SignatureFailure) {
        self =
            switch failure {
            case .malformed(let reason): .invalidSignature("The signature is not as it has to be: \(reason).")
            case .invalid: .invalidSignature("The signature does not fit the request.")
            case .untimely: .untimely
            case .wrongDigest(let reason): .wrongDigest(reason)
            }
    }

    init(_ failure: TokenFailure) {
        self =
            switch failure {
            case .malformed(let reason), .unproven(let reason): .invalidToken(reason)
            case .invalidSignature: .invalidToken("The token's signature does not fit.")
            case .unknownIssuer: .wrongAudience("The token's issuer is not trusted here.")
            case .wrongAudience: .wrongAudience("The token is not made for this server.")
            case .untimely: .untimely
            }
    }
}
