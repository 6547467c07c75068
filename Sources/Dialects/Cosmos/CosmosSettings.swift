public import Primitives

/// What an operator can set about the Cosmos API.
public struct CosmosSettings: Sendable {
    /// The canonical origin of this server.
    public var origin: PublicOrigin
    /// When the process was started.
    public var startedAt: Timestamp
    /// The version of this program; nil: it is not told.
    public var software: String?
    /// Whether galaxies are made by metadata servers; otherwise operators make them themselves.
    public var hasMetadataServers = false
    /// The identity servers that are trusted, by their issuers.
    public var issuers: [String] = []
    /// Whether a galaxy needs what its owner has signed.
    public var requiresUserAssertion = false
    /// Whether everybody may look at a galaxy.
    public var hasPublicGalaxyInfo = true
    /// Galaxies that metadata servers may make here.
    public var maximumGalaxies = 100
    /// What is still served and will not be for ever.
    public var deprecations: [Deprecation] = []

    /// The defaults of contracts/cosmos.md.
    public init(origin: PublicOrigin, startedAt: Timestamp, software: String? = nil) {
        self.origin = origin
        self.startedAt = startedAt
        self.software = software
    }

    /// A version that will come to its end (contracts/cosmos.md 5.3).
    public struct Deprecation: Sendable, Equatable {
        /// The version.
        public var version: Int
        /// Since when it should not be used any more.
        public var deprecatedAt: Timestamp
        /// From when on it is gone; not before that.
        public var sunsetAt: Timestamp
        /// Where that is explained.
        public var link: String

        /// A version that will come to its end.
        public init(version: Int, deprecatedAt: Timestamp, sunsetAt: Timestamp, link: String) {
            self.version = version
            self.deprecatedAt = deprecatedAt
            self.sunsetAt = sunsetAt
            self.link = link
        }
    }
}
