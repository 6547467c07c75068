import Primitives
import Security
import Testing

/// contracts/cosmos.md 3.4, `cnf.jkt`; RFC 9449 4.3.
struct PossessionProofTests {
    private static let url = "https://galaxy.example.com/galaxy/g1/channels"
    private static let x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    private static let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#

    private func proof(
        header: String = #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":\#(jwk)}"#, _ changes: [(String, String?)] = [], at now: Int64 = 1_000
    ) throws -> PossessionProof {
        var claims = [
            ("htm", #""GET""#), ("htu", "\"\(Self.url)\""), ("iat", "1000"), ("jti", #""one""#),
            ("ath", "\"\(Base64URL.encode(SHA256.hash("token".utf8)))\""),
        ]
        for (name, value) in changes {
            claims.removeAll { $0.0 == name }
            if let value { claims.append((name, value)) }
        }
        let text = try TokenMaker.token(
            header: header, claims: "{" + claims.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}")
        return try PossessionProof(text, method: "GET", url: Self.url, token: "token", now: now)
    }

    @Test func aProofOfThisRequestIsGood() throws {
        let good = try proof()
        #expect(good.id == "one" && good.thumbprint == Ed25519PublicKey.exampleThumbprint)
        #expect(throws: Never.self) { try proof(at: 1_060) }
        #expect(throws: Never.self) { try proof(at: 940) }
    }

    @Test(
        arguments: [
            ("htm", #""POST""#), ("htm", #""get""#), ("htm", nil), ("htu", #""https://galaxy.example.com/galaxy""#), ("htu", nil),
            ("ath", #""another""#), ("ath", nil), ("iat", nil), ("iat", "\"1000\""), ("jti", nil), ("jti", "\"\""), ("jti", "1"),
        ] as [(String, String?)]) func aProofOfSomethingElseIsRefused(_ name: String, _ value: String?)
    {
        #expect(throws: TokenFailure.self) { try proof([(name, value)]) }
    }

    @Test(arguments: [939, 1_061] as [Int64]) func aProofIsOfThisMinute(_ now: Int64) {
        #expect(throws: TokenFailure.unproven("The DPoP proof is not of this minute.")) { try proof(at: now) }
    }

    @Test(
        arguments: [
            #"{"alg":"EdDSA","typ":"dpop+jwt"}"#, #"{"alg":"EdDSA","typ":"jwt","jwk":\#(jwk)}"#,
            #"{"alg":"none","typ":"dpop+jwt","jwk":\#(jwk)}"#,
            #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":{"kty":"OKP","crv":"Ed25519","x":"\#(x)","d":"AAAA"}}"#,
            #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":{"kty":"EC","crv":"P-256","x":"\#(x)"}}"#,
            #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#,
            #"{"alg":"EdDSA","typ":"dpop+jwt","jwk":\#(jwk),"jku":"https://a.example"}"#,
        ]) func aProofHoldsThePublicKeyThatSignedIt(_ header: String)
    {
        #expect(throws: TokenFailure.self) { try proof(header: header) }
    }
}
