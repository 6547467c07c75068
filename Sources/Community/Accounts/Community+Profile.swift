internal import Primitives
internal import Storage

extension Community {
    /// Changes an account. The event `accountUpdated` is committed with it.
    ///
    /// A new password ends all logins of the account, with the event `sessionEnded`, and makes a new one: whoever has learned the old password is out,
    /// and whoever has changed it goes on.
    /// - Throws: `CommunityError.invalid`, `.wrongPassword`, `.usernameTaken`, `.emailTaken`, `.unknownAccount`, `.busy`.
    public func updateProfile(of id: AccountID, _ changes: ProfileChanges) async throws -> ChangedProfile {
        try changes.check(passwordLength: settings.passwordLength)
        let hashes = try await hashes(for: changes.password, of: id)
        let terms = settings.refreshTerms
        return try await namingTaken {
            try await self.write { tx in
                let present = try tx.account(id)
                var account = changes.applied(to: present)
                if account != present || hashes != nil {
                    account.updatedAt = tx.now
                    try tx.requireUnmistakable(account)
                    try tx.update(account)
                    tx.append(.accountUpdated(account))
                }
                guard let hashes else { return ChangedProfile(account: account) }
                try tx.replacePassword(of: id, hashes)
                return ChangedProfile(account: account, login: try tx.insertSession(of: account, terms))
            }
        }
    }

    /// Hashes the new password once the present one has been shown to be right.
    private func hashes(for change: ProfileChanges.PasswordChange?, of id: AccountID) async throws -> PasswordReplacement? {
        guard let change else { return nil }
        let present = try await read { try $0.passwordHash(of: id) }
        guard try await verify(change.current, against: present), let present else { throw CommunityError.wrongPassword }
        return PasswordReplacement(present: present, new: try await hash(change.new))
    }
}

/// The hash that was checked and the one to take its place.
private struct PasswordReplacement {
    var present: String
    var new: String
}

extension SQLReader {
    fileprivate func passwordHash(of account: AccountID) throws -> String? {
        let hash = try first("SELECT password_hash FROM accounts WHERE id = $1", [.integer(account.rawValue)]) { try $0.optionalText(0) }
        return hash ?? nil
    }
}

extension Transaction {
    func update(_ account: Account) throws {
        try execute(
            """
            UPDATE accounts SET username = $1, username_key = $2, email = $3, email_key = $4, display_name = $5, avatar_url = $6, bio = $7,
                status = $8, updated_at = $9
            WHERE id = $10
            """,
            [
                .text(account.username), .text(account.username.folded), .optional(account.email), .optional(account.email?.folded),
                .optional(account.displayName), .optional(account.avatarURL), .optional(account.bio), .integer(account.status.rawValue),
                .integer(account.updatedAt.microseconds), .integer(account.id.rawValue),
            ])
    }

    /// - Throws: `CommunityError.wrongPassword` when the password has been changed while this one was being checked.
    fileprivate func replacePassword(of account: AccountID, _ hashes: PasswordReplacement) throws {
        let replaced = try execute(
            "UPDATE accounts SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
            [.text(hashes.new), .integer(account.rawValue), .text(hashes.present)])
        guard replaced == 1 else { throw CommunityError.wrongPassword }
        try endAllSessions(of: account)
        try audit(.passwordChanged, by: account, subject: account.rawValue)
    }
}
