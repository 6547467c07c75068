internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Makes an invitation to the server: one person can register with it. Every account may.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.limitReached` (100 open invitations per account).
    public func createAccountInvite(by account: AccountID) async throws -> AccountInvite {
        let token = OpaqueToken().text
        return try await write { tx in
            _ = try tx.account(account)
            let open = try tx.first(
                "SELECT COUNT(*) FROM account_invites WHERE inviter_id = $1 AND accepted_by IS NULL", [.integer(account.rawValue)]
            ) { try $0.integer(0) }
            guard open ?? 0 < Limits.accountInvitesPerAccount else {
                throw CommunityError.limitReached(name: "open invitations per account", limit: Limits.accountInvitesPerAccount)
            }
            try tx.execute(
                "INSERT INTO account_invites (token, inviter_id, created_at) VALUES ($1, $2, $3)",
                [.text(token), .integer(account.rawValue), .integer(tx.now.microseconds)])
            return AccountInvite(token: token, inviterID: account, createdAt: tx.now)
        }
    }
}
