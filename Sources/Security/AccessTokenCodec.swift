internal import JSON
public import Primitives

/// Signs and checks access tokens: JWT (RFC 7519) with HS256 (RFC 7518 3.2) and nothing else.
public struct AccessTokenCodec: Sendable {
    /// Longer tokens are not looked at.
    static let lengthLimit = 2_048
    /// `{"alg":"HS256","typ":"JWT"}`: the only header there is, so it is compared and not read. No token chooses its algorithm.
    private static let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

    private let mac: HMACSHA256

    /// - Parameter key: 32 random bytes that no other purpose uses.
    public init(key: [UInt8]) {
        mac = HMACSHA256(key: key)
    }

    /// The compact form of a token; `jti` makes each one different.
    public func sign(_ token: AccessToken) -> String {
        var json = JSONWriter(capacity: 192)
        json.object { json in
            json.member("sub", String(token.accountID))
            json.member("username", token.username)
            json.member("sid", String(token.sessionID))
            json.member("iat", token.issuedAt.seconds)
            json.member("exp", token.expiresAt.seconds)
            json.member("jti", Base64URL.encode(SecureRandom.bytes(12)))
        }
        let signed = Self.header + "." + Base64URL.encode(json.bytes)
        return signed + "." + Base64URL.encode(mac.authenticate(Array(signed.utf8)))
    }

    /// What a token says, when this server signed it and it is not over at `now`.
    ///
    /// - Throws: `AccessTokenError`.
    public func verify(_ text: String, now: Timestamp) throws(AccessTokenError) -> AccessToken {
        guard text.utf8.count <= Self.lengthLimit else { throw .malformed }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        guard parts[0].elementsEqual(Self.header.utf8) else { throw .badSignature }
        let signed = text.utf8.prefix(parts[0].count + 1 + parts[1].count)
        // As text: the one way in which this server writes the signature, and no other that decodes to the same bytes.
        let signature = Base64URL.encode(mac.authenticate(Array(signed)))
        guard constantTimeEquals(Array(parts[2]), Array(signature.utf8)) else { throw .badSignature }
        guard let payload = Base64URL.decode(Substring(parts[1])), let token = Self.read(payload) else { throw .malformed }
        guard now < token.expiresAt else { throw .expired }
        return token
    }

    private static func read(_ payload: [UInt8]) -> AccessToken? {
        guard let claims = try? JSONValue.parse(payload).object(),
            let account = try? Int64(claims.required("sub").string()), let session = try? Int64(claims.required("sid").string()),
            let username = try? claims.required("username").string(), let issued = try? claims.required("iat").integer(),
            let expires = try? claims.required("exp").integer()
        else { return nil }
        return AccessToken(
            accountID: account, username: username, sessionID: session, issuedAt: Timestamp(seconds: issued),
            expiresAt: Timestamp(seconds: expires))
    }
}
