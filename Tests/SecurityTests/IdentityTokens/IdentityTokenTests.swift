import Primitives
import Security
import Testing

/// contracts/cosmos.md 3.4.
struct IdentityTokenTests {
    private static let issued: Int64 = 1_767_225_600

    private func rules(at now: Int64 = issued) -> TokenRules {
        TokenRules(audience: "https://galaxy.example.com", now: now, skew: 60, maximumLifetime: 900)
    }

    /// What is refused, nil when nothing is.
    private func failure(
        header: String = TokenMaker.header, _ changes: [(String, String?)] = [], at now: Int64 = issued
    ) throws -> TokenFailure? {
        do throws(TokenFailure) {
            let text = (try? TokenMaker.token(header: header, claims: TokenMaker.claims(changes))) ?? ""
            let token = try CompactJWS(text, type: IdentityToken.type)
            guard let key = try? ExampleKey.public() else { return .invalidSignature }
            try token.verify(with: key)
            _ = try IdentityToken(token, rules(at: now))
            return nil
        } catch {
            return error
        }
    }

    /// Test vector 3, to the letter.
    @Test func theTokenOfTheVectorIsGood() throws {
        let text =
            "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiY29zbW9zLWlkK2p3dCIsImtpZCI6InBvcWtMR2l5bWhfVzB1UDZQWkZ3LWR2ZXozUUpUNVNvbHFYQkNXMzhyMFUifQ.eyJpc3MiOiJodHRwczovL2lkZW50aXR5LmV4YW1wbGUubmV0Iiwic3ViIjoidTEiLCJhdWQiOiJodHRwczovL2dhbGF4eS5leGFtcGxlLmNvbSIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI2MjAwLCJqdGkiOiIwMUpHRkpKWjAwQUFBQUFBQUFBQUFBQUFBQSIsIm5hbWUiOiJhbGljZSJ9.mVwpCyaFxyaW99bxUUqSSSIg4zgevh_uGhvTP9WoGLI7Ke92Gdw1DUVZFLYkIByp__r4mPMCeTy3l9w0znKcDw"
        #expect(try TokenMaker.token() == text)
        let token = try CompactJWS(text, type: IdentityToken.type)
        try token.verify(with: try ExampleKey.public())
        #expect(token.keyID == TokenMaker.keyID && token.text("iss") == "https://identity.example.net")
        let identity = try IdentityToken(token, rules())
        #expect(identity.subject == "u1" && identity.name == "alice" && identity.id == "01JGFJJZ00AAAAAAAAAAAAAAAA")
        #expect(identity.issuedAt == Self.issued && identity.expiresAt == Self.issued + 600)
        #expect(identity.galaxies == nil && identity.proofThumbprint == nil)
    }

    @Test func anotherKeyHasNotSignedIt() throws {
        let token = try CompactJWS(try TokenMaker.token(), type: IdentityToken.type)
        #expect(throws: TokenFailure.invalidSignature) { try token.verify(with: try ExampleKey.second()) }
        let forged = try TokenMaker.token(claims: TokenMaker.claims([("sub", #""u2""#)]))
        let parts = try TokenMaker.token().split(separator: ".")
        let mixed = [parts[0], forged.split(separator: ".")[1], parts[2]].joined(separator: ".")
        #expect(throws: TokenFailure.invalidSignature) {
            try CompactJWS(mixed, type: IdentityToken.type).verify(with: try ExampleKey.public())
        }
    }

    @Test(
        arguments: [
            #"{"alg":"EdDSA","typ":"cosmos-id+jwt"}"#, #"{"alg":"Ed25519","typ":"COSMOS-ID+JWT"}"#,
            #"{"alg":"Ed25519","typ":"application/cosmos-id+jwt"}"#, #"{"alg":"Ed25519","typ":"cosmos-id+jwt","more":1}"#,
        ]) func theseHeadersAreGood(_ header: String) throws
    {
        #expect(try failure(header: header) == nil)
    }

    @Test(
        arguments: [
            #"{"alg":"none","typ":"cosmos-id+jwt"}"#, #"{"alg":"HS256","typ":"cosmos-id+jwt"}"#,
            #"{"alg":"ed25519","typ":"cosmos-id+jwt"}"#,
            #"{"alg":"ES256","typ":"cosmos-id+jwt"}"#, #"{"typ":"cosmos-id+jwt"}"#, #"{"alg":"Ed25519"}"#,
            #"{"alg":"Ed25519","typ":"JWT"}"#,
            #"{"alg":"Ed25519","typ":"cosmos-act+jwt"}"#, #"{"alg":"Ed25519","typ":"text/cosmos-id+jwt"}"#,
            #"{"alg":"Ed25519","typ":"cosmos-id+jwt","crit":[]}"#, #"{"alg":"Ed25519","typ":"cosmos-id+jwt","jwk":{}}"#,
            #"{"alg":"Ed25519","typ":"cosmos-id+jwt","jku":"https://a.example"}"#, #"{"alg":"Ed25519","typ":"cosmos-id+jwt","x5u":""}"#,
            #"{"alg":"Ed25519","typ":"cosmos-id+jwt","x5c":[]}"#, #"{"alg":"Ed25519","typ":"cosmos-id+jwt","b64":false}"#,
            #"{"alg":"Ed25519","alg":"none","typ":"cosmos-id+jwt"}"#, "[]", "",
        ]) func theseHeadersAreRefused(_ header: String) throws
    {
        guard case .malformed = try failure(header: header) else {
            Issue.record("it was taken")
            return
        }
    }

    /// "base64url must be strict (no padding, no `+/`, no whitespace)"; "compact JWS; max 4 KiB".
    @Test func aTokenHasOneForm() throws {
        let token = try TokenMaker.token()
        let parts = token.split(separator: ".").map(String.init)
        let others = [
            parts.prefix(2).joined(separator: "."), token + ".", "." + token, token + "=", parts[0] + "=." + parts[1] + "." + parts[2],
            " " + token, token + "\n", token.replacing("-", with: "+").replacing("_", with: "/"), parts.joined(separator: ".."), "", "..",
            // The last digit of 64 bytes in base64url has four bits that mean nothing.
            String(token.dropLast()) + "x", "\(parts[0]).\(parts[1]).",
        ]
        for other in others { #expect(throws: TokenFailure.self, "\(other)") { try CompactJWS(other, type: IdentityToken.type) } }
        let long = TokenMaker.claims([("more", "\"" + String(repeating: "a", count: 4_096) + "\"")])
        #expect(throws: TokenFailure.malformed("A token has at most 4096 bytes.")) {
            try CompactJWS(try TokenMaker.token(claims: long), type: IdentityToken.type)
        }
    }

    @Test(
        arguments: [
            (#"["https://galaxy.example.com"]"#, true), (#""https://galaxy.example.com/""#, false),
            (#""https://GALAXY.example.com""#, false),
            (#""https://galaxy.example.com:443""#, false), (#""http://galaxy.example.com""#, false), ("[]", false), ("null", false),
            (#"["https://galaxy.example.com","https://other.example.com"]"#, false), (#""https://other.example.com""#, false), ("5", false),
            (#"["https://galaxy.example.com","https://galaxy.example.com"]"#, false), (#"{"https://galaxy.example.com":1}"#, false),
        ]) func theAudienceIsThisServerAlone(_ audience: String, _ isGood: Bool) throws
    {
        #expect(try failure([("aud", audience)]) == (isGood ? nil : .wrongAudience))
    }

    @Test func aTokenWithoutAudienceIsForNobody() throws {
        #expect(try failure([("aud", nil)]) == .wrongAudience)
    }

    /// "iat <= now+60; now < exp+60; 0 < exp-iat <= 900"; "nbf <= now+60".
    @Test(
        arguments: [
            (issued - 60, 0, 600, nil, true), (issued - 61, 0, 600, nil, false), (issued + 659, 0, 600, nil, true),
            (issued + 660, 0, 600, nil, false), (issued, 0, 900, nil, true), (issued, 0, 901, nil, false), (issued, 0, 1, nil, true),
            (issued, 0, 0, nil, false), (issued, 0, -1, nil, false), (issued, 0, 600, issued + 60, true),
            (issued, 0, 600, issued + 61, false),
        ] as [(Int64, Int64, Int64, Int64?, Bool)])
    func timesHaveTheirEdges(_ now: Int64, _ offset: Int64, _ lifetime: Int64, _ notBefore: Int64?, _ isGood: Bool) throws {
        var changes: [(String, String?)] = [("iat", "\(Self.issued + offset)"), ("exp", "\(Self.issued + offset + lifetime)")]
        if let notBefore { changes.append(("nbf", "\(notBefore)")) }
        #expect(try failure(changes, at: now) == (isGood ? nil : .untimely))
    }

    /// Numbers at the edge of what there is must not stop the process.
    @Test func absurdTimesAreRefused() throws {
        #expect(try failure([("iat", "\(Int64.min)"), ("exp", "\(Int64.max)")]) == .untimely)
        #expect(try failure([("iat", "\(Int64.max)"), ("exp", "\(Int64.max)")]) == .untimely)
        #expect(try failure([("iat", "\(Int64.min)"), ("exp", "\(Int64.min)")]) == .untimely)
    }

    @Test(
        arguments: [
            ("iat", nil), ("iat", "1767225600.0"), ("iat", "\"1767225600\""), ("iat", "true"), ("exp", nil), ("exp", "1.7672262e9"),
            ("nbf", "\"now\""), ("jti", nil), ("jti", "\"fifteen letters\""), ("jti", "5"),
            ("jti", "\"" + String(repeating: "j", count: 129) + "\""),
            ("sub", nil), ("sub", "\"\""), ("sub", "5"), ("sub", "\"a b\""), ("sub", "\"" + String(repeating: "u", count: 65) + "\""),
            ("gal", "\"g1\""), ("gal", "[1]"), ("gal", "{}"), ("cnf", "{}"), ("cnf", "\"key\""), ("cnf", #"{"jkt":5}"#),
        ] as [(String, String?)]) func whatCannotBeReadIsRefused(_ name: String, _ value: String?) throws
    {
        guard case .malformed = try failure([(name, value)]) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func limitsAndProofsAreRead() throws {
        let claims = TokenMaker.claims([("gal", #"["g1","g2"]"#), ("cnf", #"{"jkt":"abc"}"#), ("tag", "\"0001\""), ("avatarHash", "null")])
        let identity = try IdentityToken(try CompactJWS(try TokenMaker.token(claims: claims), type: IdentityToken.type), rules())
        #expect(identity.galaxies == ["g1", "g2"] && identity.proofThumbprint == "abc" && identity.tag == "0001")
        #expect(identity.avatarHash == nil)
        let none = TokenMaker.claims([("gal", "[]")])
        #expect(try IdentityToken(try CompactJWS(try TokenMaker.token(claims: none), type: IdentityToken.type), rules()).galaxies == [])
    }

    /// Section 4: "typ `cosmos-act+jwt`, same issuer/aud/kid rules ... exp-iat <= 300".
    @Test func anActionTokenIsOfItsOwnKind() throws {
        let header = #"{"alg":"Ed25519","typ":"cosmos-act+jwt"}"#
        func action(_ changes: [(String, String?)]) throws -> ActionToken {
            let all: [(String, String?)] = [("exp", "1767225900"), ("act", #""galaxy.create""#), ("galaxyId", #""g1""#)] + changes
            return try ActionToken(
                try CompactJWS(try TokenMaker.token(header: header, claims: TokenMaker.claims(all)), type: ActionToken.type), rules())
        }
        let good = try action([])
        #expect(good.subject == "u1" && good.action == "galaxy.create" && good.galaxyID == "g1" && good.expiresAt == 1_767_225_900)
        #expect(throws: TokenFailure.untimely) { try action([("exp", "1767225901")]) }
        #expect(throws: TokenFailure.wrongAudience) { try action([("aud", #""https://other.example""#)]) }
        #expect(throws: TokenFailure.self) { try action([("act", nil)]) }
        #expect(throws: TokenFailure.self) { try action([("galaxyId", "5")]) }
        #expect(throws: TokenFailure.self) { try CompactJWS(try TokenMaker.token(), type: ActionToken.type) }
    }
}
