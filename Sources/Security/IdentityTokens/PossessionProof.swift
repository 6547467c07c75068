internal import JSON
internal import Primitives

/// A proof that whoever sends a token owns a key (DPoP, RFC 9449 4): one for each request.
public struct PossessionProof: Sendable, Equatable {
    /// The `typ` of its header.
    public static let type = "dpop+jwt"
    /// How old a proof may be, in seconds, besides the skew of the clocks.
    public static let maximumAge: Int64 = 60

    /// The number of the proof, `jti`: it is used once.
    public let id: String
    /// The thumbprint of the key that signed it.
    public let thumbprint: String

    /// Checks a proof but for its number.
    ///
    /// - Parameters:
    ///   - method: of the request.
    ///   - url: the request's address, without query.
    ///   - token: the token that comes with it.
    ///   - now: seconds since the epoch.
    /// - Throws: `TokenFailure.unproven`.
    public init(_ text: String, method: String, url: String, token: String, now: Int64) throws(TokenFailure) {
        guard let proof = try? CompactJWS(text, type: Self.type, carriesKey: true), let key = Self.key(of: proof) else {
            throw .unproven("The DPoP proof is not what it has to be.")
        }
        do {
            try proof.verify(with: key)
        } catch {
            throw .unproven("The DPoP proof is not signed by its key.")
        }
        guard proof.text("htm") == method, proof.text("htu") == url else { throw .unproven("The DPoP proof is for another request.") }
        guard proof.text("ath") == Base64URL.encode(SHA256.hash(token.utf8)) else {
            throw .unproven("The DPoP proof is for another token.")
        }
        guard let issuedAt = proof.integer("iat"), issuedAt >= now - Self.maximumAge, issuedAt <= now + Self.maximumAge else {
            throw .unproven("The DPoP proof is not of this minute.")
        }
        guard let id = proof.text("jti"), (1...128).contains(id.utf8.count), !id.utf8.contains(0) else {
            throw .unproven("The DPoP proof has no jti.")
        }
        self.id = id
        thumbprint = key.thumbprint
    }

    /// The public key in the header; a private one has no place there.
    private static func key(of proof: CompactJWS) -> Ed25519PublicKey? {
        guard let key = try? proof.header.required("jwk").object(), !key.contains("d"), (try? key["kty"]?.string()) == "OKP",
            (try? key["crv"]?.string()) == "Ed25519", let x = try? key["x"]?.string(), x.utf8.last != UInt8(ascii: "=")
        else { return nil }
        return Base64URL.decode(x).flatMap { Ed25519PublicKey($0) }
    }
}
