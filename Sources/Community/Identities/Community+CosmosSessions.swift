internal import Primitives
public import Storage

/// Logins of this API, which last for twelve hours, used or not (contracts/cosmos.md 3.6).
extension Community {
    /// Opens a login for a person of another server; the account is made when it is nothing here yet.
    ///
    /// When the person's tokens of that time are revoked, before or after, there is no login.
    /// - Parameters:
    ///   - galaxies: those that the token is limited to: the login can do no more; nil: no limit.
    ///   - spending: uses the token up, in the same transaction.
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`; what `spending` throws.
    public func openCosmosSession(
        for identity: CosmosIdentity, galaxies: [String]? = nil, spending: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws -> LoginSession {
        let uses = sessionUses
        let limit = galaxies?.filter(OpaqueIdentifier.isValid).joined(separator: " ")
        return try await write { tx in
            try spending(tx)
            let session = try tx.insertSession(
                of: try tx.account(try tx.admit(identity)),
                SessionTerms(kind: .cosmos, lifetime: Limits.cosmosSessionSeconds, limit: Limits.sessionsPerAccount), uses: uses)
            try tx.execute(
                "UPDATE sessions SET vouched_at = $1, galaxies = $2 WHERE id = $3",
                [
                    .integer(Timestamp(seconds: identity.issuedAt).microseconds), .optional(limit),
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
