public import Primitives
internal import Storage

extension Community {
    /// The account of a person of another server; nil when it is nothing here yet. Nothing is made.
    ///
    /// - Throws: `CommunityError.identityTaken` when another server has vouched for the same id before, `.identityRevoked` for a token made
    ///   before the person's tokens were revoked.
    public func account(of identity: CosmosIdentity) async throws -> Account? {
        let found = try await read { reader in
            try reader.identity(identity.subject).map { ($0, try reader.account($0.account)) }
        }
        guard let (link, account) = found else { return nil }
        try link.check(identity)
        // Whoever vouches first for an id that a metadata server has named is the one who vouches for it from then on.
        if link.issuer == nil { try await write { try $0.bind(identity) } }
        return account
    }

    /// The account of a person of another server; made when it is nothing here yet.
    ///
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`.
    public func admit(_ identity: CosmosIdentity) async throws -> Account {
        if let known = try await account(of: identity) { return known }
        return try await write { tx in
            let account = try tx.admit(userID: identity.subject, name: identity.name, issuer: identity.issuer)
            try tx.bind(identity)
            return try tx.account(account)
        }
    }

    /// How Cosmos knows an account.
    public func cosmosUserID(of account: AccountID) async throws -> String {
        try await read { try $0.userID(of: account) }
    }

    /// The account that Cosmos knows by an id.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func account(cosmosUser id: String) async throws -> Account {
        try await read { reader in
            guard let account = try reader.account(userID: id) else { throw CommunityError.unknownAccount }
            return try reader.account(account)
        }
    }

    /// Refuses tokens of a person that were made before a moment, and ends its logins of this API. A person who is nothing here has none.
    public func revokeTokens(ofCosmosUser id: String, before: Timestamp) async throws {
        try await write { tx in
            guard let account = try tx.account(userID: id) else { return }
            try tx.execute(
                """
                UPDATE linked_identities SET tokens_revoked_before = $1
                WHERE provider = $2 AND subject = $3 AND (tokens_revoked_before IS NULL OR tokens_revoked_before < $1)
                """, [.integer(before.microseconds), .text(IdentityProvider.cosmos), .text(id)])
            try tx.endAllSessions(of: account)
        }
    }

    /// Removes what is known of a person whose own server has deleted it: its memberships, logins and names. What it has said stays, under a name
    /// that says nothing.
    ///
    /// An owner's galaxies stay as they are: the metadata server hands them over or deletes them.
    public func forgetCosmosUser(_ id: String) async throws {
        try await write { tx in
            guard let link = try tx.identity(id) else { return }
            for space in try tx.spaces(of: link.account) where space.ownerID != link.account {
                guard let member = try tx.member(link.account, of: space.id) else { continue }
                try tx.remove(member, from: space, reason: .left)
            }
            try tx.endAllSessions(of: link.account)
            let name = "deleted-\(link.account.rawValue)"
            try tx.execute(
                """
                UPDATE accounts SET username = $1, username_key = $1, display_name = NULL, avatar_url = NULL, bio = NULL, email = NULL,
                    email_key = NULL, password_hash = NULL, updated_at = $2 WHERE id = $3
                """, [.text(name), .integer(tx.now.microseconds), .integer(link.account.rawValue)])
            try tx.execute("DELETE FROM operators WHERE user_id = $1", [.text(id)])
            try tx.audit(.accountForgotten, by: link.account, subject: link.account.rawValue)
            tx.append(.accountUpdated(try tx.account(link.account)))
        }
    }
}

extension LinkedIdentity {
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`.
    fileprivate func check(_ identity: CosmosIdentity) throws(CommunityError) {
        guard issuer == nil || issuer == identity.issuer else { throw .identityTaken }
        if let before = tokensRevokedBefore, Timestamp(seconds: identity.issuedAt) < before { throw .identityRevoked }
    }
}

extension Transaction {
    /// Writes down who vouches for an id; the first one stays.
    ///
    /// - Throws: `CommunityError.identityTaken` when somebody else was faster.
    fileprivate func bind(_ identity: CosmosIdentity) throws {
        try execute(
            "UPDATE linked_identities SET issuer = $1 WHERE provider = $2 AND subject = $3 AND issuer IS NULL",
            [.text(identity.issuer), .text(IdentityProvider.cosmos), .text(identity.subject)])
        try self.identity(identity.subject)?.check(identity)
    }
}
