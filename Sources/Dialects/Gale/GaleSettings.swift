public import Community
public import Primitives

/// What an operator can set about the Gale API (contracts/configuration.md).
public struct GaleSettings: Sendable {
    /// Discord's part of signing in.
    public struct Discord: Sendable, Equatable {
        /// Where its API is, without a slash at the end.
        public var endpoint: String
        /// The application, as Discord knows it.
        public var clientID: String
        /// Proves to Discord that it is us who ask. Never logged.
        public var clientSecret: String

        /// An application of Discord.
        public init(endpoint: String, clientID: String, clientSecret: String) {
            self.endpoint = endpoint
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }

    /// The canonical origin of this server.
    public var origin: PublicOrigin
    /// Shown on the sign-in page.
    public var serverName: String
    /// Signs access tokens; nobody else may know it.
    public var tokenKey: [UInt8]
    /// Who vouches for people; nil: they sign in with a password of this server.
    public var discord: Discord?
    /// Where people are brought who have signed in, at the mounts at the root and below `/api`.
    public var target = SignInTarget.local
    /// Bytes of an archive.
    public var archiveLimit = 2_097_152
    /// Whether new profiles get codes of six characters.
    public var hasShortCodes = false

    /// The defaults of contracts/gale.md.
    public init(origin: PublicOrigin, serverName: String, tokenKey: [UInt8]) {
        self.origin = origin
        self.serverName = serverName
        self.tokenKey = tokenKey
    }
}
