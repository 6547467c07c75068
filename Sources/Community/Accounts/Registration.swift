public import Primitives
public import Security

/// What somebody sends to make an account.
public struct Registration: Sendable {
    /// 2 to 32 of ASCII letters, digits, `_`, `.` and `-`.
    public var username: String
    /// As typed.
    public var password: String
    /// Instead of the password, from clients that send only this.
    public var passwordDigest: PasswordDigest?
    /// Unique ignoring case.
    public var email: String?
    /// 1 to 32 characters.
    public var displayName: String?
    /// Needed in the mode `invite`, or when `alwaysNeedsInvite`; otherwise not looked at in the mode `open`.
    public var inviteToken: String?
    /// Makes the account the administrator; then neither the mode nor an invitation matters.
    public var setupCode: String?
    /// What is asked of the name and the password.
    public var rules: AccountRules
    /// Whether nobody comes in without an invitation, whatever the mode; the setup code may then stand in its place.
    public var alwaysNeedsInvite: Bool

    /// A registration.
    public init(
        username: String, password: String, email: String? = nil, displayName: String? = nil, inviteToken: String? = nil,
        setupCode: String? = nil, rules: AccountRules = .standard, alwaysNeedsInvite: Bool = false
    ) {
        self.username = username
        self.password = password
        self.email = email
        self.displayName = displayName
        self.inviteToken = inviteToken
        self.setupCode = setupCode
        self.rules = rules
        self.alwaysNeedsInvite = alwaysNeedsInvite
    }
}

/// How somebody who logs in names the account.
public enum LoginIdentifier: Sendable, Equatable {
    /// The username, ignoring case.
    case username(String)
    /// The email address, ignoring case.
    case email(String)
    /// A username, or else an email address: no text is both.
    case either(String)
    /// The username as it is written: case matters.
    case exactUsername(String)
}

/// A login that has just been made or refreshed.
public struct LoginSession: Sendable {
    /// Who has logged in.
    public var account: Account
    /// The login.
    public var sessionID: SessionID
    /// Good for one refresh, or for the whole login: that is the kind of the login. It exists here only: the database holds its hash.
    public var token: String
    /// When the login ends, unless it is refreshed.
    public var expiresAt: Timestamp

    /// A login with all its parts.
    public init(account: Account, sessionID: SessionID, token: String, expiresAt: Timestamp) {
        self.account = account
        self.sessionID = sessionID
        self.token = token
        self.expiresAt = expiresAt
    }
}
