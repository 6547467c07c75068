internal import Primitives

/// Somebody whom an identity server vouches for.
public struct VerifiedIdentity: Sendable, Equatable {
    /// Who vouches: the `iss` of the token.
    public var issuer: String
    /// The person's id, `sub`.
    public var subject: String
    /// The number of the token, `jti`.
    public var tokenID: String
    /// When the token was made, in seconds since the epoch.
    public var issuedAt: Int64
    /// When it ends, in seconds since the epoch.
    public var expiresAt: Int64
    /// The galaxies that the token is limited to; nil: no limit.
    public var galaxies: [String]?
    /// For display only.
    public var name: String?
    /// The thumbprint of the key that signed the token.
    var keyID: String
    /// The thumbprint of the key that whoever sends the token has to prove.
    var proofThumbprint: String?
}

/// Tokens that have been checked, by their hashes, until they end: checking a signature costs more than the rest of a request.
final class VerifiedIdentities: Sendable {
    /// Tokens that are remembered; of more, all are forgotten and checked again.
    static let limit = 4_096

    private let known = Mutex<[[UInt8]: VerifiedIdentity]>([:])

    subscript(hash: [UInt8]) -> VerifiedIdentity? {
        known.withLock { $0[hash] }
    }

    func insert(_ identity: VerifiedIdentity, for hash: [UInt8]) {
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[hash] = identity
        }
    }
}
