internal import Primitives
internal import Security
internal import Storage

/// Logins that one token stands for, and what their owners and the operator can see of all logins.
extension Community {
    /// Who is logged in by a token; nil when it is unknown, or its login has ended or expired. One indexed read: every request asks.
    ///
    /// - Parameters:
    ///   - token: as `LoginSession.token` was, of any form.
    ///   - kind: what the login is used for; one of another kind is unknown.
    public func session(token: String, kind: SessionKind = .cookie) async throws -> ActiveSession? {
        guard token.utf8.count <= 128 else { return nil }
        let hash = OpaqueToken(text: token).hash
        let now = clock()
        let session = try await read { reader in
            try reader.first(
                """
                SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at,
                    s.id, s.expires_at, s.last_used_at, s.galaxies
                FROM session_tokens t JOIN sessions s ON s.id = t.session_id JOIN accounts a ON a.id = s.account_id
                WHERE t.hash = $1 AND s.kind = $3 AND s.ended_at IS NULL AND s.expires_at > $2
                """, [.blob(hash), .integer(now.microseconds), .integer(kind.rawValue)]
            ) { row in
                ActiveSession(
                    account: try Account(row), id: SessionID(try row.integer(10)),
                    expiresAt: Timestamp(microseconds: try row.integer(11)),
                    isUseDue: try row.integer(12) <= now.adding(seconds: -Limits.sessionUseSeconds).microseconds,
                    galaxies: try row.optionalText(13).map { $0.split(separator: " ").map(String.init) })
            }
        }
        if let session { sessionUses.note(session.id, at: now) }
        return session
    }

    /// Writes down that a login is used now: of too many, the one unused for longest has to go, also after a restart.
    ///
    /// - Parameter lifetime: seconds that the login may go on from now without being used; nil: it ends when it was going to.
    public func noteUse(of session: SessionID, extendingBy lifetime: Int64? = nil) async throws {
        try await write { tx in
            let id = SQLValue.integer(session.rawValue)
            try tx.execute(
                "UPDATE sessions SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1", [.integer(tx.now.microseconds), id])
            guard let lifetime else { return }
            let end = SQLValue.integer(tx.now.adding(seconds: lifetime).microseconds)
            try tx.execute("UPDATE sessions SET expires_at = $1 WHERE id = $2 AND ended_at IS NULL AND expires_at < $1", [end, id])
            try tx.execute("UPDATE session_tokens SET expires_at = $1 WHERE session_id = $2 AND expires_at < $1", [end, id])
        }
    }

    /// The logins of an account that are good, the one used last first.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func sessions(of username: String) async throws -> [SessionSummary] {
        let now = clock()
        return try await read { reader in
            guard let account = try reader.credentials(.username(username))?.account.id else { throw CommunityError.unknownAccount }
            return try reader.query(
                """
                SELECT id, kind, created_at, last_used_at, expires_at FROM sessions
                WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY last_used_at DESC, id DESC
                """, [.integer(account.rawValue), .integer(now.microseconds)]
            ) { row in
                SessionSummary(
                    id: SessionID(try row.integer(0)), kind: SessionKind(rawValue: try row.integer(1)) ?? .refresh,
                    createdAt: Timestamp(microseconds: try row.integer(2)), lastUsedAt: Timestamp(microseconds: try row.integer(3)),
                    expiresAt: Timestamp(microseconds: try row.integer(4)))
            }
        }
    }

    /// Ends logins of an account: for the operator at the machine. The event `sessionEnded` is committed with it.
    ///
    /// - Parameter session: nil: all of them.
    /// - Throws: `CommunityError.unknownAccount`, `.unknownSession` for one that has ended or is somebody else's.
    public func endSession(_ session: SessionID?, of username: String) async throws {
        try await write { tx in
            guard let account = try tx.credentials(.username(username))?.account.id else { throw CommunityError.unknownAccount }
            try tx.audit(.sessionEnded, by: account, subject: session?.rawValue ?? 0)
            guard let session else { return try tx.endAllSessions(of: account) }
            guard try tx.endSession(session, of: account) else { throw CommunityError.unknownSession }
        }
    }
}
