internal import Primitives
internal import Security

/// A request that comes with a token, and the proofs that came with it.
public struct TokenUse: Sendable {
    /// The method.
    public var method: String
    /// The path as sent, without query.
    public var path: String
    /// The values of the header fields `DPoP`.
    public var proofs: [String]

    /// A request with its proofs.
    public init(method: String, path: String, proofs: [String] = []) {
        self.method = method
        self.path = path
        self.proofs = proofs
    }
}

extension Federation {
    /// Whom an identity token stands for (contracts/cosmos.md 3.4).
    ///
    /// - Throws: `TrustFailure`.
    public func identity(token: String, in use: TokenUse) async throws(TrustFailure) -> VerifiedIdentity {
        let hash = SHA256.hash(token.utf8)
        let identity: VerifiedIdentity
        if let known = verified[hash], known.expiresAt > clock().seconds - settings.skew {
            // A key may have been revoked since.
            _ = try await directory.key(known.keyID, of: sources(issuing: known.issuer))
            identity = known
        } else {
            identity = try await check(token)
            verified.insert(identity, for: hash)
        }
        try await checkProof(of: identity, token: token, in: use)
        return identity
    }

    /// Whether an identity server has signed that the owner wants a galaxy to be made (contracts/cosmos.md 4, "Intent").
    ///
    /// - Returns: it is good once, which the transaction that makes the galaxy sees to.
    /// - Throws: `TrustFailure.invalidAssertion`, `.unavailable`.
    public func assertion(_ text: String, owner: String, galaxyID: String) async throws(TrustFailure) -> SingleUse {
        let token: CompactJWS
        let action: ActionToken
        let issuer: String
        do throws(TrustFailure) {
            (token, issuer) = try await verified(text, type: ActionToken.type)
            action = try Self.reading { () throws(TokenFailure) in try ActionToken(token, rules) }
        } catch {
            guard error != .unavailable else { throw error }
            throw .invalidAssertion("The user assertion is not good.")
        }
        guard action.subject == owner, action.action == "galaxy.create", action.galaxyID == galaxyID else {
            throw .invalidAssertion("The user assertion is for something else.")
        }
        return use(ofToken: action.id, from: issuer, expiresAt: action.expiresAt)
    }

    /// What uses a token up where it counts once (contracts/cosmos.md 3.6).
    public func use(of identity: VerifiedIdentity) -> SingleUse {
        use(ofToken: identity.tokenID, from: identity.issuer, expiresAt: identity.expiresAt)
    }

    /// Remembered as long as the token is taken.
    private func use(ofToken id: String, from issuer: String, expiresAt: Int64) -> SingleUse {
        SingleUse(
            numbers: [Number(scope: "token \(issuer)", text: id)], until: Timestamp(seconds: expiresAt).adding(seconds: settings.skew))
    }

    private func check(_ text: String) async throws(TrustFailure) -> VerifiedIdentity {
        let (token, issuer) = try await verified(text, type: IdentityToken.type)
        let claims = try Self.reading { () throws(TokenFailure) in try IdentityToken(token, rules) }
        return VerifiedIdentity(
            issuer: issuer, subject: claims.subject, tokenID: claims.id, issuedAt: claims.issuedAt, expiresAt: claims.expiresAt,
            galaxies: claims.galaxies, name: claims.name, keyID: token.keyID ?? "", proofThumbprint: claims.proofThumbprint)
    }

    /// A token whose issuer is trusted and has signed it; what it says is still to be checked.
    private func verified(_ text: String, type: String) async throws(TrustFailure) -> (CompactJWS, issuer: String) {
        let token = try Self.reading { () throws(TokenFailure) in try CompactJWS(text, type: type) }
        guard let keyID = token.keyID else { throw .invalidToken("The token does not name its key.") }
        guard let issuer = token.text("iss"), case let sources = sources(issuing: issuer), !sources.isEmpty else {
            throw TrustFailure(.unknownIssuer)
        }
        let (_, key) = try await directory.key(keyID, of: sources)
        try Self.reading { () throws(TokenFailure) in try token.verify(with: key) }
        return (token, issuer)
    }

    private func checkProof(of identity: VerifiedIdentity, token: String, in use: TokenUse) async throws(TrustFailure) {
        guard let thumbprint = identity.proofThumbprint else { return }
        guard use.proofs.count == 1 else { throw .invalidToken("The token needs one DPoP proof.") }
        let now = clock()
        let proof = try Self.reading { () throws(TokenFailure) in
            try PossessionProof(
                use.proofs[0], method: use.method, url: settings.publicOrigin.text + use.path, token: token, now: now.seconds)
        }
        guard proof.thumbprint == thumbprint else { throw .invalidToken("The DPoP proof is of another key.") }
        try await spend(
            [Number(scope: "proof \(thumbprint)", text: proof.id)], until: now.adding(seconds: 3 * PossessionProof.maximumAge))
    }

    private func sources(issuing issuer: String) -> [KeySource] {
        settings.sources(.identity).filter { $0.issuer == issuer }
    }

    private var rules: TokenRules {
        TokenRules(
            audience: settings.publicOrigin.text, now: clock().seconds, skew: settings.skew, maximumLifetime: settings.tokenMaximumLifetime)
    }

    private static func reading<Value>(_ body: () throws(TokenFailure) -> Value) throws(TrustFailure) -> Value {
        do throws(TokenFailure) {
            return try body()
        } catch {
            throw TrustFailure(error)
        }
    }
}
