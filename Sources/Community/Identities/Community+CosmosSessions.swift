internal import Primitives
internal import Storage

/// Logins of this API, which last for twelve hours, used or not (contracts/cosmos.md 3.6).
extension Community {
    /// Opens a login for an account.
    ///
    /// - Parameters:
    ///   - issuedAt: when the token it is opened with was made, in seconds since the epoch: when such tokens are revoked, the login ends; nil: now.
    ///   - galaxies: those that the token is limited to: the login can do no more; nil: no limit.
    public func openCosmosSession(
        for account: AccountID, issuedAt: Int64? = nil, galaxies: [String]? = nil
    ) async throws -> LoginSession {
        let uses = sessionUses
        let limit = galaxies?.filter(OpaqueIdentifier.isValid).joined(separator: " ")
        return try await write { tx in
            let session = try tx.insertSession(
                of: try tx.account(account),
                SessionTerms(kind: .cosmos, lifetime: Limits.cosmosSessionSeconds, limit: Limits.sessionsPerAccount), uses: uses)
            try tx.execute(
                "UPDATE sessions SET vouched_at = $1, galaxies = $2 WHERE id = $3",
                [
                    .optional(issuedAt.map { Timestamp(seconds: $0).microseconds }), .optional(limit),
                    .integer(session.sessionID.rawValue),
                ])
            return session
        }
    }

    /// Ends a login. One that has ended before stays so.
    public func endCosmosSession(_ session: SessionID, of account: AccountID) async throws {
        try await write { _ = try $0.endSession(session, of: account) }
    }
}
