internal import Primitives

/// What somebody wants to change about the own account.
public struct ProfileChanges: Sendable {
    /// 2 to 32 of ASCII letters, digits, `_`, `.` and `-`; nil: as it is.
    public var username: String?
    /// 1 to 32 characters; an empty one counts as none.
    public var displayName: Change<String> = .keep
    /// 1 to 2048 characters; an empty one counts as none.
    public var avatarURL: Change<String> = .keep
    /// At most 190 characters; an empty one counts as none.
    public var bio: Change<String> = .keep
    /// Unique ignoring case; an empty one counts as none.
    public var email: Change<String> = .keep
    /// What others shall see; nil: as it is.
    public var status: PresenceStatus?
    /// A new password with the one that is good until then.
    public var password: PasswordChange?

    /// A new password, as typed.
    public struct PasswordChange: Sendable {
        /// The one that is good until then.
        public var current: String
        /// The one that shall be good.
        public var new: String

        /// Both passwords.
        public init(current: String, new: String) {
            self.current = current
            self.new = new
        }
    }

    /// No change yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check(passwordLength: ClosedRange<Int>) throws(CommunityError) {
        var checks = FieldChecks()
        if let username { checks.username(username) }
        checks.displayName(displayName.emptyAsNone.newValue)
        checks.line(avatarURL.emptyAsNone.newValue, in: Limits.pictureURL, "avatar_url")
        checks.text(bio.newValue, in: Limits.bio, "bio")
        checks.email(email.emptyAsNone.newValue)
        if let password { checks.password(password.new, length: passwordLength) }
        try checks.finish()
    }

    /// The account after the changes.
    func applied(to account: Account) -> Account {
        var account = account
        account.username = username ?? account.username
        account.displayName = displayName.emptyAsNone.applied(to: account.displayName)?.trimmed
        account.avatarURL = avatarURL.emptyAsNone.applied(to: account.avatarURL)
        account.bio = bio.emptyAsNone.applied(to: account.bio)
        account.email = email.emptyAsNone.applied(to: account.email)
        account.status = status ?? account.status
        return account
    }
}

/// An account after its changes.
public struct ChangedProfile: Sendable {
    /// The account as it is now.
    public var account: Account
    /// The login that replaces all others when the password was changed.
    public var login: LoginSession?
}
