internal import Community
internal import Federation

/// Who sends a request: one request, one principal (contracts/cosmos.md 3.2).
enum Caller: Sendable {
    /// No credentials.
    case anonymous
    /// Credentials that are no good: some routes answer as to anybody, and say so.
    case refused(Problem)
    /// A metadata server has signed the request.
    case metadata(MetadataServer)
    /// Somebody with an account here.
    case user(User)
    /// Somebody whom an identity server vouches for, and who is nothing here yet.
    case newcomer(VerifiedIdentity)

    /// Somebody with an account here.
    struct User: Sendable {
        var account: Account
        /// How Cosmos knows the account.
        var userID: String
        /// The galaxies that the token, or the one its login was opened with, is limited to; nil: no limit.
        var galaxies: [String]?
        /// The token's, if an identity token came.
        var identity: VerifiedIdentity?
        /// The login, if a token of this server's own logins came.
        var session: ActiveSession?

        /// Outside of what the token is limited to the account counts as a stranger.
        func reaches(_ galaxy: String) -> Bool { galaxies.map { $0.contains(galaxy) } ?? true }
    }

    /// Who looks at a galaxy.
    func viewer(of galaxy: String) -> GalaxyViewer {
        switch self {
        case .anonymous, .refused, .newcomer: .stranger
        case .metadata(let server): .metadataServer(origin: server.origin)
        case .user(let user): user.reaches(galaxy) ? .account(user.account.id) : .stranger
        }
    }
}
