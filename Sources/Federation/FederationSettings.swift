public import Primitives

/// A server whose keys are trusted, set by the operator and never taken from a request (contracts/cosmos.md 3.5).
public struct KeySource: Sendable, Hashable {
    /// What its keys are good for: those of one role never count for the other.
    public enum Role: String, Sendable {
        /// Makes galaxies.
        case metadata
        /// Vouches for people.
        case identity
    }

    /// What its keys are good for.
    public var role: Role
    /// Where it lives, such as `https://identity.example.net`.
    public var origin: String
    /// What its tokens name as `iss`; nil for a metadata server.
    public var issuer: String?
    /// Where its key document is.
    public var keysURL: String
    /// Thumbprints; when there are any, other keys have to be introduced by one of them.
    public var pins: [String]

    /// A source.
    public init(role: Role, origin: String, issuer: String? = nil, keysURL: String, pins: [String] = []) {
        self.role = role
        self.origin = origin
        self.issuer = issuer
        self.keysURL = keysURL
        self.pins = pins
    }

    /// What it is called in the database.
    var name: String { "\(role.rawValue) \(origin)" }
}

/// What keys count where some are pinned.
public enum PinMode: String, Sendable, CaseIterable {
    /// Those that are pinned, and those that a document brings which one of them has signed.
    case introduce
    /// Those that are pinned only.
    case strict
    /// All of the document: pins are not looked at.
    case off
}

/// What an operator has set about other servers.
public struct FederationSettings: Sendable {
    /// The canonical origin of this server: the audience of tokens, and the address that signatures cover.
    public var publicOrigin: PublicOrigin
    /// The servers whose keys are trusted.
    public var sources: [KeySource]
    /// What keys count where some are pinned.
    public var pinMode = PinMode.introduce
    /// Whether the example key of RFC 9421 counts, whose private half everybody knows.
    public var isTestMode = false
    /// Whether key documents may come over plain http.
    public var allowsInsecureSources = false
    /// How far the clocks of two servers may be apart, in seconds.
    public var skew: Int64 = 60
    /// How long a signature may be good for, in seconds.
    public var signatureMaximumAge: Int64 = 300
    /// How long an identity token may be good for, in seconds.
    public var tokenMaximumLifetime: Int64 = 900

    /// Signatures that were made earlier do not count, in seconds since the epoch; nil: all do. After a restore the nonces of the last minutes are
    /// forgotten.
    public var notBefore: Int64?

    /// The defaults of contracts/cosmos.md.
    public init(publicOrigin: PublicOrigin, sources: [KeySource] = []) {
        self.publicOrigin = publicOrigin
        self.sources = sources
    }

    func sources(_ role: KeySource.Role) -> [KeySource] {
        sources.filter { $0.role == role }
    }
}
