/// What a mod profile says of itself (contracts/gale.md 8.2): the part of `export.r2x` that others are shown.
public struct ProfileManifest: Sendable, Equatable {
    /// A version as Thunderstore counts.
    public struct Version: Sendable, Equatable {
        /// The first number.
        public var major: UInt32
        /// The second number.
        public var minor: UInt32
        /// The third number.
        public var patch: UInt32

        /// A version of three numbers.
        public init(major: UInt32, minor: UInt32, patch: UInt32) {
            self.major = major
            self.minor = minor
            self.patch = patch
        }
    }

    /// One mod of a profile.
    public struct Mod: Sendable, Equatable {
        /// `Namespace-Name`.
        public var name: String
        /// Whether the game loads it.
        public var isEnabled: Bool
        /// The version that is used.
        public var version: Version

        /// A mod with all its parts.
        public init(name: String, isEnabled: Bool, version: Version) {
            self.name = name
            self.isEnabled = isEnabled
            self.version = version
        }
    }

    /// The name of the profile.
    public var name: String
    /// The game, by the name that Thunderstore knows its community by; nil when it is not told.
    public var community: String?
    /// The mods, in the order in which they were sent.
    public var mods: [Mod]

    /// A manifest with all its parts.
    public init(name: String, community: String? = nil, mods: [Mod]) {
        self.name = name
        self.community = community
        self.mods = mods
    }
}
