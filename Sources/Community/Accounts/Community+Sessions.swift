internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Logs somebody in.
    ///
    /// An unknown user and a wrong password give the same error after the same work, so that nobody can find out who has an account.
    /// - Parameter terms: what for and how long; nil: with a refresh token, as the operator has set.
    /// - Throws: `CommunityError.invalidCredentials`, `.busy`.
    public func logIn(_ identifier: LoginIdentifier, password: String, terms: SessionTerms? = nil) async throws -> LoginSession {
        try await logIn(identifier, .typed(password), terms: terms)
    }

    /// The same with a password that a client may have hashed before it sent it.
    ///
    /// - Parameter tag: a tag that the account needs, or that everybody has; nil: none.
    /// - Throws: `CommunityError.invalidCredentials`, `.missingTag` for the right password of somebody without the tag, or who is disabled; `.busy`.
    public func logIn(
        _ identifier: LoginIdentifier, _ password: PasswordSecret, terms: SessionTerms? = nil, tag: String? = nil
    ) async throws -> LoginSession {
        let known = try await read { try $0.credentials(identifier) }
        guard try await verify(password, against: known?.passwordHash), let known, let passwordHash = known.passwordHash else {
            throw CommunityError.invalidCredentials
        }
        let (terms, uses, settings) = (terms ?? settings.refreshTerms, sessionUses, settings)
        // The only moment at which the password is there to be hashed again, when the operator has set another cost.
        let newHash = passwordHasher.needsRehash(passwordHash) ? try? await hash(password) : nil
        return try await write { tx in
            let account = known.account.id
            // The password may have been changed while this one was being checked.
            let isUnchanged = try tx.first(
                "SELECT id FROM accounts WHERE id = $1 AND password_hash = $2", [.integer(account.rawValue), .text(passwordHash)]
            ) { _ in true }
            guard isUnchanged != nil else { throw CommunityError.invalidCredentials }
            if let tag {
                let user = try tx.registryUser(account)
                guard user.may(tag, settings) else { throw CommunityError.missingTag(tag) }
                guard !user.tags.contains(AccountTag.disabled) else { throw CommunityError.missingTag(tag) }
            }
            if let newHash {
                try tx.execute("UPDATE accounts SET password_hash = $1 WHERE id = $2", [.text(newHash), .integer(account.rawValue)])
            }
            return try tx.insertSession(of: try tx.account(account), terms, uses: uses)
        }
    }

    /// Exchanges a refresh token for the next one.
    ///
    /// A token is good once. One that comes back after it was spent has been copied: its login ends, durably, with the event `sessionEnded`.
    /// - Parameters:
    ///   - terms: those that the login was made with; nil: those that the operator has set.
    ///   - endsCopied: whether a login ends whose spent token comes back. Not where clients are known to spend one twice by themselves.
    /// - Throws: `CommunityError.invalidRefreshToken`.
    public func refresh(_ token: String, terms: SessionTerms? = nil, endsCopied: Bool = true) async throws -> LoginSession {
        guard token.utf8.count <= 128 else { throw CommunityError.invalidRefreshToken }
        let hash = OpaqueToken(text: token).hash
        let terms = terms ?? settings.refreshTerms
        // Throwing inside would take the end of the login back with it.
        let renewed: LoginSession? = try await write { tx in
            guard let known = try tx.knownToken(hash: hash, kind: terms.kind), !known.hasEnded else { return nil }
            guard known.state == .spent || known.expiresAt > tx.now else { return nil }
            let spent = try tx.execute(
                "UPDATE session_tokens SET state = 1 WHERE hash = $1 AND state = 0", [.blob(hash)])
            guard spent == 1 else {
                if endsCopied { try tx.endSession(known.sessionID, of: known.accountID) }
                return nil
            }
            return try tx.renew(known, lifetime: terms.lifetime)
        }
        guard let renewed else { throw CommunityError.invalidRefreshToken }
        return renewed
    }

    /// Logs out: the login, its refresh token and its access tokens are worth nothing from now on. The event `sessionEnded` is committed with it.
    ///
    /// A login that has ended, or is not the account's, is left as it is.
    public func endSession(_ id: SessionID, of account: AccountID) async throws {
        try await write { _ = try $0.endSession(id, of: account) }
    }

    /// Who is logged in; nil when the login has ended, has expired or is not the account's. One indexed read: every request asks.
    public func session(_ id: SessionID, of account: AccountID) async throws -> Account? {
        let now = clock()
        return try await read { reader in
            try reader.first(
                """
                SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at
                FROM sessions s JOIN accounts a ON a.id = s.account_id
                WHERE s.id = $1 AND s.account_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
                """, [.integer(id.rawValue), .integer(account.rawValue), .integer(now.microseconds)]
            ) { try Account($0) }
        }
    }

    /// Anybody's account.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func account(_ id: AccountID) async throws -> Account {
        try await read { try $0.account(id) }
    }
}

extension Transaction {
    /// Lets a login go on, with a new token. Of its spent tokens the last thousand are remembered.
    fileprivate func renew(_ token: KnownToken, lifetime: Int64) throws -> LoginSession {
        let expiresAt = now.adding(seconds: lifetime)
        let id = SQLValue.integer(token.sessionID.rawValue)
        try execute(
            "UPDATE sessions SET expires_at = $1, last_used_at = $2 WHERE id = $3",
            [.integer(expiresAt.microseconds), .integer(now.microseconds), id])
        try execute(
            """
            DELETE FROM session_tokens WHERE session_id = $1 AND state = 1 AND created_at < (
                SELECT created_at FROM session_tokens WHERE session_id = $1 AND state = 1 ORDER BY created_at DESC LIMIT 1 OFFSET $2)
            """, [id, .integer(Int64(Limits.spentTokensPerSession) - 1)])
        return LoginSession(
            account: try account(token.accountID), sessionID: token.sessionID,
            token: try insertToken(of: token.sessionID, expiresAt: expiresAt), expiresAt: expiresAt)
    }
}
