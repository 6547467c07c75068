/// Who may make an account (contracts/configuration.md, `registration.mode`).
public enum RegistrationMode: String, Sendable, CaseIterable {
    /// Everybody.
    case open
    /// Whoever has an invitation.
    case invite
    /// Nobody; the setup code still makes the first administrator.
    case closed
}

/// What an operator can set about the community.
public struct CommunitySettings: Sendable {
    /// Shown to people; the home space gets this name when it is made.
    public var serverName: String
    /// Who may make an account.
    public var registrationMode: RegistrationMode
    /// How long a login lasts without being refreshed, in seconds.
    public var refreshTokenSeconds: Int64
    /// Characters of a password.
    public var passwordLength: ClosedRange<Int>
    /// Those who may have galaxies here, by the ids that Cosmos knows them by.
    public var operators: Set<String> = []
    /// Galaxies that metadata servers may make here.
    public var maximumGalaxies = 100
    /// Mod profiles that one account may have.
    public var profilesPerAccount = 1_000

    /// Tags that everybody has in the registry.
    public var defaultTags = Set(AccountTag.defaults)
    /// Tags that people of other servers have in the registry.
    public var externalTags: Set<String> = []
    /// How long another server's word for one of its people counts, in seconds.
    public var integritySeconds: Int64 = 300
    /// Bytes of the files that one person may keep in the registry.
    public var assetBytesPerAccount: Int64 = 10 << 30
    /// How long a login of the registry lasts without being used, in seconds.
    public var registrySessionSeconds: Int64 = 90 * 86_400
    /// Whether a new instance gets a text channel for those who are inside.
    public var hasInstanceChannels = false

    /// The defaults of contracts/configuration.md.
    public init(
        serverName: String = "Roost", registrationMode: RegistrationMode = .open, refreshTokenSeconds: Int64 = 30 * 86_400,
        passwordLength: ClosedRange<Int> = 8...128
    ) {
        self.serverName = serverName
        self.registrationMode = registrationMode
        self.refreshTokenSeconds = refreshTokenSeconds
        self.passwordLength = passwordLength
    }

    /// The terms of a login that shares profiles: with a refresh token, for 30 days (contracts/gale.md 4.4).
    public var profileTerms: SessionTerms {
        SessionTerms(kind: .profiles, lifetime: 30 * 86_400, limit: Limits.sessionsPerAccount)
    }

    /// The terms of a login of the registry: one token, for 90 days since it was used last (contracts/reileta.md 1.3).
    public var registryTerms: SessionTerms {
        SessionTerms(kind: .registry, lifetime: registrySessionSeconds, limit: Limits.sessionsPerAccount)
    }

    /// The terms of somebody for whom another server vouches (contracts/reileta.md 2.7).
    var integrityTerms: SessionTerms {
        SessionTerms(kind: .integrity, lifetime: integritySeconds, limit: Limits.integrityTokens)
    }

    /// The tags that somebody has without having been given them.
    func defaults(of user: RegistryUser) -> Set<String> {
        user.external == nil ? defaultTags : externalTags
    }

    /// The terms of a login with a refresh token.
    var refreshTerms: SessionTerms {
        SessionTerms(kind: .refresh, lifetime: refreshTokenSeconds, limit: Limits.sessionsPerAccount)
    }
}
