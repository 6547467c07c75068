internal import JSON

/// What a token says about a person (contracts/cosmos.md 3.4). Its signature has been checked by whoever made this.
public struct IdentityToken: Sendable, Equatable {
    /// The `typ` of its header.
    public static let type = "cosmos-id+jwt"

    /// The person's id.
    public var subject: String
    /// The number of the token, `jti`.
    public var id: String
    /// Seconds since the epoch.
    public var issuedAt: Int64
    /// Seconds since the epoch.
    public var expiresAt: Int64
    /// The galaxies that the token is limited to; nil: no limit.
    public var galaxies: [String]?
    /// For display only.
    public var name: String?
    /// For display only.
    public var tag: String?
    /// For display only.
    public var avatarHash: String?
    /// The thumbprint of the key that whoever sends the token has to prove; nil: it is a bearer token.
    public var proofThumbprint: String?

    /// Reads the claims of a token whose signature is good.
    ///
    /// - Throws: `TokenFailure`.
    public init(_ token: CompactJWS, _ rules: TokenRules) throws(TokenFailure) {
        let common = try rules.check(token)
        subject = common.subject
        id = common.id
        issuedAt = common.issuedAt
        expiresAt = common.expiresAt
        name = token.text("name")
        tag = token.text("tag")
        avatarHash = token.text("avatarHash")
        galaxies = try Self.galaxies(of: token)
        proofThumbprint = try Self.proof(of: token)
    }

    /// A limit that cannot be read must not become none.
    private static func galaxies(of token: CompactJWS) throws(TokenFailure) -> [String]? {
        guard let value = token.claims.optional("gal") else { return nil }
        do {
            return try value.array().map { try $0.string() }
        } catch {
            throw .malformed("gal is a list of ids.")
        }
    }

    private static func proof(of token: CompactJWS) throws(TokenFailure) -> String? {
        guard let confirmation = token.claims.optional("cnf") else { return nil }
        guard let thumbprint = try? confirmation.object().required("jkt").string() else { throw .malformed("cnf has a member jkt.") }
        return thumbprint
    }
}

/// What an identity server has signed that somebody wants to do (contracts/cosmos.md 4, `Cosmos-User-Assertion`).
public struct ActionToken: Sendable, Equatable {
    /// The `typ` of its header.
    public static let type = "cosmos-act+jwt"
    /// How long one may be good for, in seconds.
    public static let maximumLifetime: Int64 = 300

    /// Who wants it.
    public var subject: String
    /// The number of the token, `jti`.
    public var id: String
    /// Seconds since the epoch.
    public var expiresAt: Int64
    /// What: such as `galaxy.create`.
    public var action: String
    /// For which galaxy.
    public var galaxyID: String

    /// Reads the claims of a token whose signature is good.
    ///
    /// - Throws: `TokenFailure`.
    public init(_ token: CompactJWS, _ rules: TokenRules) throws(TokenFailure) {
        var rules = rules
        rules.maximumLifetime = min(rules.maximumLifetime, Self.maximumLifetime)
        let common = try rules.check(token)
        guard let action = token.text("act"), let galaxyID = token.text("galaxyId") else {
            throw .malformed("act and galaxyId are strings.")
        }
        subject = common.subject
        id = common.id
        expiresAt = common.expiresAt
        self.action = action
        self.galaxyID = galaxyID
    }
}
