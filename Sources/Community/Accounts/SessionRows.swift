internal import Primitives
internal import Security
internal import Storage

/// Whether a token can still be used. The numbers stand in the database.
enum TokenState: Int64 {
    case current = 0
    case spent = 1
}

/// A refresh token as the database knows it, with its login.
struct KnownToken {
    var sessionID: SessionID
    var accountID: AccountID
    var state: TokenState
    var expiresAt: Timestamp
    var hasEnded: Bool
}

extension SQLReader {
    func knownToken(hash: [UInt8], kind: SessionKind) throws -> KnownToken? {
        try first(
            """
            SELECT t.session_id, s.account_id, t.state, t.expires_at, s.ended_at
            FROM session_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = $1 AND s.kind = $2
            """, [.blob(hash), .integer(kind.rawValue)]
        ) { row in
            KnownToken(
                sessionID: SessionID(try row.integer(0)), accountID: AccountID(try row.integer(1)),
                state: TokenState(rawValue: try row.integer(2)) ?? .spent, expiresAt: Timestamp(microseconds: try row.integer(3)),
                hasEnded: try row.optionalInteger(4) != nil)
        }
    }
}

extension Transaction {
    /// Logs an account in.
    ///
    /// - Parameter uses: when logins were used, as far as it is known better than the database does.
    func insertSession(of account: Account, _ terms: SessionTerms, uses: SessionUses? = nil) throws -> LoginSession {
        let id = SessionID(nextID())
        let expiresAt = now.adding(seconds: terms.lifetime)
        try execute(
            """
            INSERT INTO sessions (id, account_id, kind, created_at, expires_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $4)
            """,
            [
                .integer(id.rawValue), .integer(account.id.rawValue), .integer(terms.kind.rawValue), .integer(now.microseconds),
                .integer(expiresAt.microseconds),
            ])
        try makeRoom(for: id, of: account.id, terms, uses)
        return LoginSession(
            account: account, sessionID: id,
            token: try insertToken([.registry, .integrity].contains(terms.kind) ? .long() : OpaqueToken(), of: id, expiresAt: expiresAt),
            expiresAt: expiresAt)
    }

    /// Gives a login its token, or the next one.
    func insertToken(_ token: OpaqueToken = OpaqueToken(), of session: SessionID, expiresAt: Timestamp) throws -> String {
        try execute(
            "INSERT INTO session_tokens (hash, session_id, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .blob(token.hash), .integer(session.rawValue), .integer(TokenState.current.rawValue), .integer(now.microseconds),
                .integer(expiresAt.microseconds),
            ])
        return token.text
    }

    /// Ends a login with its tokens and writes the event; does nothing when it has ended before.
    ///
    /// - Returns: whether it was going on.
    @discardableResult
    func endSession(_ session: SessionID, of account: AccountID) throws -> Bool {
        let ended = try execute(
            "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
            [.integer(now.microseconds), .integer(session.rawValue), .integer(account.rawValue)])
        guard ended == 1 else { return false }
        try execute("DELETE FROM session_tokens WHERE session_id = $1", [.integer(session.rawValue)])
        append(.sessionEnded(session, of: account))
        return true
    }

    /// Ends all logins of an account with their tokens and writes one event for all.
    func endAllSessions(of account: AccountID) throws {
        let id = SQLValue.integer(account.rawValue)
        try execute("DELETE FROM session_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1)", [id])
        try execute("UPDATE sessions SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL", [.integer(now.microseconds), id])
        append(.sessionEnded(nil, of: account))
    }

    /// Keeps the number of an account's logins bounded: those unused for longest make room for a new one.
    private func makeRoom(for new: SessionID, of account: AccountID, _ terms: SessionTerms, _ uses: SessionUses?) throws {
        let others = try query(
            """
            SELECT id, last_used_at FROM sessions
            WHERE account_id = $1 AND kind = $2 AND ended_at IS NULL AND expires_at > $3 AND id <> $4
            """,
            [.integer(account.rawValue), .integer(terms.kind.rawValue), .integer(now.microseconds), .integer(new.rawValue)]
        ) { row in
            let (id, known) = (SessionID(try row.integer(0)), Timestamp(microseconds: try row.integer(1)))
            return (usedAt: uses?.latest(of: id, known) ?? known, id: id)
        }
        for surplus in others.sorted(by: >).dropFirst(max(terms.limit - 1, 0)) { try endSession(surplus.id, of: account) }
    }
}
