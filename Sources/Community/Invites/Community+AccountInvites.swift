internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Makes an invitation to the server: one person can register with it. Every account may.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.limitReached` (100 open invitations per account).
    public func createAccountInvite(by account: AccountID) async throws -> AccountInvite {
        let token = OpaqueToken().paddedText
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

    /// The invitations that an account has made, used ones too, oldest first; of very many the newest 1000.
    public func accountInvites(by account: AccountID) async throws -> [AccountInvite] {
        try await scan { reader in
            try reader.query(
                """
                SELECT i.token, i.inviter_id, i.created_at, a.id, a.username, a.display_name, a.avatar_url
                FROM account_invites i LEFT JOIN accounts a ON a.id = i.accepted_by
                WHERE i.inviter_id = $1 ORDER BY i.created_at DESC, i.token DESC LIMIT $2
                """, [.integer(account.rawValue), .integer(Int64(Limits.listedAccountInvites))]
            ) { row in
                AccountInvite(
                    token: try row.text(0), inviterID: AccountID(try row.integer(1)),
                    createdAt: Timestamp(microseconds: try row.integer(2)),
                    acceptedBy: try row.optionalInteger(3) == nil ? nil : Author(row, at: 3))
            }.reversed()
        }
    }

    /// Removes invitations to the server that the account has made, used ones too: all of them or none. Accounts that were made with them stay.
    ///
    /// - Throws: `CommunityError.unknownAccountInvite`, `.notOwnInvite`.
    public func removeAccountInvites(_ tokens: [String], by account: AccountID) async throws {
        let tokens = Set(tokens).sorted()
        guard !tokens.isEmpty else { return }
        try await write { tx in
            let makers = try tokens.map { token in
                let maker =
                    token.isStorable
                    ? try tx.first("SELECT inviter_id FROM account_invites WHERE token = $1", [.text(token)]) {
                        AccountID(try $0.integer(0))
                    }
                    : nil
                guard let maker else { throw CommunityError.unknownAccountInvite }
                return maker
            }
            guard makers.allSatisfy({ $0 == account }) else { throw CommunityError.notOwnInvite }
            for token in tokens { try tx.execute("DELETE FROM account_invites WHERE token = $1", [.text(token)]) }
        }
    }
}
