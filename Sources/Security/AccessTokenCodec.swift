internal import JSON
public import Primitives

/// Signs and checks access tokens: JWT (RFC 7519) with HS256 (RFC 7518 3.2) and nothing else.
public struct AccessTokenCodec: Sendable {
    /// Bytes of the longest token; longer ones are not looked at.
    public static let lengthLimit = 2_048
    /// The header and its dot. It is the only one there is, so it is compared and not read: no token chooses its algorithm.
    private static let start = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "."
    private static let startBytes = Array(start.utf8)
    /// 32 bytes in base64url without padding.
    private static let signatureLength = 43
    /// Seconds that a time can be made of: the years 0001 to 9999.
    private static let seconds = Int64(-62_135_596_800)...253_402_300_799

    private let mac: HMACSHA256
    let verified = VerifiedTokens()

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
        let signed = Self.start + Base64URL.encode(json.bytes)
        return signed + "." + Base64URL.encode(mac.authenticate(signed.utf8))
    }

    /// What a token says, when this server signed it and it is not over at `now`.
    ///
    /// - Throws: `AccessTokenError`.
    public func verify(_ text: String, now: Timestamp) throws(AccessTokenError) -> AccessToken {
        guard text.utf8.count <= Self.lengthLimit else { throw .malformed }
        let bytes = Array(text.utf8)
        if let known = verified[bytes] {
            guard now < known.expiresAt else { throw .expired }
            return known
        }
        let token = try check(text)
        guard now < token.expiresAt else { throw .expired }
        verified.insert(token, for: bytes)
        return token
    }

    private func check(_ text: String) throws(AccessTokenError) -> AccessToken {
        var text = text
        text.makeContiguousUTF8()
        let bytes = text.utf8
        guard bytes.reduce(0, { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }) == 2, let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else {
            throw .malformed
        }
        guard bytes.starts(with: Self.startBytes) else { throw .badSignature }
        let code = Substring(bytes[bytes.index(after: dot)...])
        // Without padding and stray bits (Base64URL refuses them) there is one text for each code, so a token has one form.
        guard code.utf8.count == Self.signatureLength, let code = Base64URL.decode(code), mac.verify(code, of: bytes[..<dot]) else {
            throw .badSignature
        }
        let payload = Substring(bytes[bytes.index(bytes.startIndex, offsetBy: Self.startBytes.count)..<dot])
        guard payload.utf8.last != UInt8(ascii: "="), let json = Base64URL.decode(payload), let token = Self.read(json) else {
            throw .malformed
        }
        return token
    }

    private static func read(_ payload: [UInt8]) -> AccessToken? {
        guard let claims = try? JSONValue.parse(payload).object(),
            let account = try? Int64(claims.required("sub").string()), let session = try? Int64(claims.required("sid").string()),
            let username = try? claims.required("username").string(),
            let issued = try? claims.required("iat").integer(), seconds.contains(issued),
            let expires = try? claims.required("exp").integer(), seconds.contains(expires)
        else { return nil }
        return AccessToken(
            accountID: account, username: username, sessionID: session, issuedAt: Timestamp(seconds: issued),
            expiresAt: Timestamp(seconds: expires))
    }
}
