internal import Community
internal import JSON
internal import Primitives
internal import Security

/// What an access token says (contracts/gale.md 5).
struct ProfileToken: Sendable, Equatable {
    /// Whose it is.
    var account: AccountID
    /// The login it belongs to; nil for one that names none.
    var session: SessionID?
    /// Seconds since the epoch, from which on it is over.
    var expiresAt: Int64
}

/// Signs and checks access tokens: JWT (RFC 7519) with HS256 and nothing else. Clients read the payload without checking it.
struct ProfileTokenCodec: Sendable {
    /// How long a token is good for, in seconds.
    static let lifetime: Int64 = 1_800
    /// Bytes of the longest token.
    static let lengthLimit = 4_096
    /// With a blank, as this API's clients have always got it.
    private static let header = Base64URL.encode(Array(#"{"alg": "HS256"}"#.utf8))

    /// Seconds that a time can be made of: the years 0001 to 9999.
    private static let times = Int64(-62_135_596_800)...253_402_300_799

    private let mac: HMACSHA256

    init(key: [UInt8]) {
        mac = HMACSHA256(key: key)
    }

    /// A new token of a login.
    func sign(_ owner: ProfileOwner, session: SessionID, at now: Timestamp) -> String {
        let payload = Wire.object { json in
            json.member("exp", now.seconds + Self.lifetime)
            json.member("iat", now.seconds)
            json.member("sub", owner.id.rawValue)
            json.member("sid", String(session.rawValue))
            json.member("jti", Base64URL.encode(SecureRandom.bytes(12)))
            Wire.user(owner, hasTextIDs: true, to: &json)
        }
        let signed = "\(Self.header).\(Base64URL.encode(payload))"
        return "\(signed).\(Base64URL.encode(mac.authenticate(signed.utf8)))"
    }

    /// What a token says that is good at `now`.
    ///
    /// - Throws: `Failure.invalidToken`, `.invalidExpiry`, `.expiredToken`.
    func verify(_ text: String, at now: Timestamp) throws(Failure) -> ProfileToken {
        guard text.utf8.count <= Self.lengthLimit else { throw .invalidToken }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let code = Self.bytes(parts[2]), mac.verify(code, of: text.utf8.dropLast(parts[2].utf8.count + 1)),
            let header = Self.object(parts[0]), let algorithm = try? header.required("alg").string(), algorithm == "HS256",
            !header.contains("crit"), let claims = Self.object(parts[1])
        else { throw .invalidToken }
        guard let account = try? claims.required("sub").integer(), account > 0, claims.contains("exp"),
            ["discordId", "name", "displayName"].allSatisfy({ (try? claims.required($0).string()) != nil })
        else { throw .invalidToken }
        guard let expiresAt = try? claims.required("exp").integer(), Self.times.contains(expiresAt) else { throw .invalidExpiry }
        guard now.seconds < expiresAt else { throw .expiredToken }
        guard let named = claims.optional("sid") else { return ProfileToken(account: AccountID(account), expiresAt: expiresAt) }
        guard let session = (try? named.string()).flatMap({ Int64($0) }) else { throw .invalidToken }
        return ProfileToken(account: AccountID(account), session: SessionID(session), expiresAt: expiresAt)
    }

    private static func object(_ part: Substring) -> JSONObject? {
        bytes(part).flatMap { try? JSONValue.parse($0).object() }
    }

    /// Without padding, as RFC 7515 has it.
    private static func bytes(_ part: Substring) -> [UInt8]? {
        part.utf8.last == UInt8(ascii: "=") ? nil : Base64URL.decode(part)
    }
}
