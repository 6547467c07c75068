import Federation
import Primitives
import Security

extension TrustWorld {
    /// A token of the identity server.
    ///
    /// - Parameters:
    ///   - claims: replaces some of the good ones, or takes one away by nil. The values are JSON.
    ///   - lifetime: in seconds from now.
    ///   - keyID: what the token calls its key; nil: by its name.
    func token(
        _ key: Ed25519PrivateKey, type: String = "cosmos-id+jwt", lifetime: Int64 = 600, keyID: String? = nil,
        _ claims: [(String, String?)] = []
    ) -> String {
        var all = [
            ("iss", "\"\(Self.identity.origin)\""), ("sub", #""u1""#), ("aud", "\"\(Self.origin)\""), ("iat", String(now)),
            ("exp", String(now + lifetime)), ("jti", #""the-number-of-a-token""#), ("name", #""alice""#),
        ]
        for (name, value) in claims {
            all.removeAll { $0.0 == name }
            if let value { all.append((name, value)) }
        }
        return jws(key, header: #"{"alg":"Ed25519","typ":"\#(type)","kid":"\#(keyID ?? key.thumbprint)"}"#, all)
    }

    /// A proof that whoever sends a token owns a key.
    func proof(_ key: Ed25519PrivateKey, of token: String, method: String = "GET", path: String = "/galaxy/g1", id: String) -> String {
        jws(
            key,
            header: #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":{"kty":"OKP","crv":"Ed25519","x":"\#(key.publicKey.base64URL)"}}"#,
            [
                ("htm", "\"\(method)\""), ("htu", "\"\(Self.origin)\(path)\""), ("iat", String(now)), ("jti", "\"\(id)\""),
                ("ath", "\"\(Base64URL.encode(SHA256.hash(token.utf8)))\""),
            ])
    }

    private func jws(_ key: Ed25519PrivateKey, header: String, _ claims: [(String, String)]) -> String {
        let claims = "{" + claims.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}"
        let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return signed + "." + Base64URL.encode(key.sign(Array(signed.utf8)))
    }

    /// Whom a token stands for in an ordinary request.
    @discardableResult
    func identity(_ token: String, proofs: [String] = []) async throws -> VerifiedIdentity {
        try await federation.identity(token: token, in: TokenUse(method: "GET", path: "/galaxy/g1", proofs: proofs))
    }
}
