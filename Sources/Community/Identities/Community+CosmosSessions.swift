internal import Primitives
internal import Storage

/// Logins of this API, which go on as long as they are used (contracts/cosmos.md 3.6).
extension Community {
    /// Opens a login for an account.
    public func openCosmosSession(for account: AccountID) async throws -> LoginSession {
        let uses = sessionUses
        return try await write { tx in
            try tx.insertSession(
                of: try tx.account(account),
                SessionTerms(kind: .cosmos, lifetime: Limits.cosmosSessionSeconds, limit: Limits.sessionsPerAccount), uses: uses)
        }
    }

    /// Writes down that a login is used now, and has it last for another twelve hours.
    public func extendCosmosSession(_ session: SessionID) async throws {
        _ = try await write { tx in
            try tx.execute(
                "UPDATE sessions SET last_used_at = $1, expires_at = $2 WHERE id = $3 AND last_used_at < $1 AND ended_at IS NULL",
                [
                    .integer(tx.now.microseconds), .integer(tx.now.adding(seconds: Limits.cosmosSessionSeconds).microseconds),
                    .integer(session.rawValue),
                ])
        }
    }

    /// Ends a login. One that has ended before stays so.
    public func endCosmosSession(_ session: SessionID, of account: AccountID) async throws {
        try await write { _ = try $0.endSession(session, of: account) }
    }
}
