internal import JSON
internal import Primitives

/// What tokens of other servers are measured by.
public struct TokenRules: Sendable {
    /// The canonical origin of this server, which tokens have to be made for.
    public var audience: String
    /// Seconds since the epoch.
    public var now: Int64
    /// How far the clocks of the two may be apart, in seconds.
    public var skew: Int64
    /// How long a token may be good for, in seconds.
    public var maximumLifetime: Int64

    /// Rules of one moment.
    public init(audience: String, now: Int64, skew: Int64, maximumLifetime: Int64) {
        self.audience = audience
        self.now = now
        self.skew = skew
        self.maximumLifetime = maximumLifetime
    }

    /// The part that tokens of all types have in common (contracts/cosmos.md 3.4): audience, times, number, and the user.
    func check(_ token: CompactJWS) throws(TokenFailure) -> CommonClaims {
        guard isForUs(token) else { throw .wrongAudience }
        guard let issuedAt = token.integer("iat"), let expiresAt = token.integer("exp") else {
            throw .malformed("iat and exp are whole numbers.")
        }
        // Compared without sums of what a stranger wrote: those could overflow.
        guard issuedAt <= now + skew, expiresAt > now - skew, expiresAt > issuedAt, expiresAt <= issuedAt.addingCapped(maximumLifetime)
        else {
            throw .untimely
        }
        if token.claims.contains("nbf") {
            guard let notBefore = token.integer("nbf") else { throw .malformed("nbf is a whole number.") }
            guard notBefore <= now + skew else { throw .untimely }
        }
        guard let id = token.text("jti"), (16...128).contains(id.utf8.count), !id.utf8.contains(0) else {
            throw .malformed("jti has 16 to 128 characters.")
        }
        guard let subject = token.text("sub"), OpaqueIdentifier.isValid(subject) else {
            throw .malformed("sub has 1 to 64 of A-Z a-z 0-9 - _.")
        }
        return CommonClaims(subject: subject, id: id, issuedAt: issuedAt, expiresAt: expiresAt)
    }

    /// One audience, whole and alone: a token for two servers could be replayed by either of them.
    private func isForUs(_ token: CompactJWS) -> Bool {
        if token.text("aud") == audience { return true }
        guard let list = try? token.claims["aud"]?.array(), list.count == 1 else { return false }
        return (try? list[0].string()) == audience
    }
}

/// What tokens of all types say.
struct CommonClaims {
    var subject: String
    var id: String
    var issuedAt: Int64
    var expiresAt: Int64
}

extension Int64 {
    /// The sum, or the largest number.
    fileprivate func addingCapped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
