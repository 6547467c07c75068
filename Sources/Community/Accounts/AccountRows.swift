internal import Primitives
internal import Storage

extension Account {
    /// From the ten columns id, username, display_name, avatar_url, bio, email, status, is_administrator, created_at, updated_at.
    init(_ row: Row, at first: Int = 0) throws(DatabaseError) {
        self.init(
            id: AccountID(try row.integer(first)), username: try row.text(first + 1), displayName: try row.optionalText(first + 2),
            avatarURL: try row.optionalText(first + 3), bio: try row.optionalText(first + 4), email: try row.optionalText(first + 5),
            status: PresenceStatus(rawValue: try row.integer(first + 6)) ?? .online, isAdministrator: try row.bool(first + 7),
            createdAt: Timestamp(microseconds: try row.integer(first + 8)), updatedAt: Timestamp(microseconds: try row.integer(first + 9)))
    }
}

extension Author {
    /// From the four columns id, username, display_name, avatar_url.
    init(_ row: Row, at first: Int) throws(DatabaseError) {
        self.init(
            id: AccountID(try row.integer(first)), username: try row.text(first + 1), displayName: try row.optionalText(first + 2),
            avatarURL: try row.optionalText(first + 3))
    }
}

/// An account and what its password is checked against.
struct Credentials {
    var account: Account
    var passwordHash: String?
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownAccount`.
    func account(_ id: AccountID) throws -> Account {
        let account = try first(
            """
            SELECT id, username, display_name, avatar_url, bio, email, status, is_administrator, created_at, updated_at
            FROM accounts WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { try Account($0) }
        guard let account else { throw CommunityError.unknownAccount }
        return account
    }

    /// The account that somebody names who wants to log in.
    func credentials(_ identifier: LoginIdentifier) throws -> Credentials? {
        switch identifier {
        case .username(let name): try credentials(username: name)
        case .email(let address): try credentials(email: address)
        case .either(let text): try credentials(username: text) ?? credentials(email: text)
        case .exactUsername(let name):
            // Not as texts, which are equal when they look the same.
            try credentials(username: name).flatMap { $0.account.username.utf8.elementsEqual(name.utf8) ? $0 : nil }
        }
    }

    private func credentials(username: String) throws -> Credentials? {
        guard username.isStorable else { return nil }
        return try first(
            """
            SELECT id, username, display_name, avatar_url, bio, email, status, is_administrator, created_at, updated_at, password_hash
            FROM accounts WHERE username_key = $1
            """, [.text(username.folded)]
        ) { Credentials(account: try Account($0), passwordHash: try $0.optionalText(10)) }
    }

    private func credentials(email: String) throws -> Credentials? {
        guard email.isStorable else { return nil }
        return try first(
            """
            SELECT id, username, display_name, avatar_url, bio, email, status, is_administrator, created_at, updated_at, password_hash
            FROM accounts WHERE email_key = $1
            """, [.text(email.folded)]
        ) { Credentials(account: try Account($0), passwordHash: try $0.optionalText(10)) }
    }

    func hasAdministrator() throws -> Bool {
        try first("SELECT id FROM accounts WHERE is_administrator = 1 LIMIT 1", []) { _ in true } ?? false
    }
}

extension SQLReader {
    /// One login field takes usernames and email addresses, so nobody gets a username that is somebody's address, or the other way round.
    ///
    /// - Throws: `CommunityError.usernameTaken`, `.emailTaken`.
    func requireUnmistakable(_ account: Account) throws {
        let own = SQLValue.integer(account.id.rawValue)
        if account.username.utf8.contains(UInt8(ascii: "@")) {
            let taken = try first(
                "SELECT id FROM accounts WHERE email_key = $1 AND id <> $2", [.text(account.username.folded), own]
            ) { _ in true }
            guard taken == nil else { throw CommunityError.usernameTaken }
        }
        if let email = account.email {
            let taken = try first("SELECT id FROM accounts WHERE username_key = $1 AND id <> $2", [.text(email.folded), own]) { _ in true }
            guard taken == nil else { throw CommunityError.emailTaken }
        }
    }
}

extension Transaction {
    /// Writes a new account. A taken name is `DatabaseError.uniqueViolation`: see `Community.namingTaken`.
    func insertAccount(_ registration: Registration, passwordHash: String?, isAdministrator: Bool) throws -> Account {
        let account = Account(
            id: AccountID(nextID()), username: registration.username, displayName: registration.displayName?.trimmed,
            email: registration.email, isAdministrator: isAdministrator, createdAt: now, updatedAt: now)
        try requireUnmistakable(account)
        try execute(
            """
            INSERT INTO accounts (
                id, username, username_key, email, email_key, password_hash, display_name, status, is_administrator, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
            """,
            [
                .integer(account.id.rawValue), .text(account.username), .text(account.username.folded), .optional(account.email),
                .optional(account.email?.folded), .optional(passwordHash), .optional(account.displayName),
                .integer(account.status.rawValue),
                .bool(isAdministrator), .integer(now.microseconds),
            ])
        return account
    }
}
