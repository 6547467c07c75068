internal import Primitives
internal import Storage

/// Logins of this API, which last for twelve hours, used or not (contracts/cosmos.md 3.6).
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

    /// Ends a login. One that has ended before stays so.
    public func endCosmosSession(_ session: SessionID, of account: AccountID) async throws {
        try await write { _ = try $0.endSession(session, of: account) }
    }
}
