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

    /// The terms of a login with a refresh token.
    var refreshTerms: SessionTerms {
        SessionTerms(kind: .refresh, lifetime: refreshTokenSeconds, limit: Limits.sessionsPerAccount)
    }
}
