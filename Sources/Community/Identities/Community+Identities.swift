public import Primitives
internal import Storage

extension Community {
    /// The account of a person of another server; nil when it is nothing here yet. Nothing is made.
    ///
    /// - Throws: `CommunityError.identityTaken` when another server has vouched for the same id before, or the id is the number of an account that
    ///   was made here; `.identityRevoked` for a token made before the person's tokens were revoked.
    public func account(of identity: CosmosIdentity) async throws -> Account? {
        let found = try await read { reader in
            let link = try reader.check(identity)
            return try link.map { ($0, try reader.account($0.account)) }
        }
        guard let (link, account) = found else { return nil }
        // Whoever vouches first for an id that a metadata server has named is the one who vouches for it from then on.
        if link.issuer == nil { try await write { try $0.bind(identity) } }
        return account
    }

    /// The account of a person of another server; made when it is nothing here yet.
    ///
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`.
    public func admit(_ identity: CosmosIdentity) async throws -> Account {
        if let known = try await account(of: identity) { return known }
        return try await write { tx in try tx.account(try tx.admit(identity)) }
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

    /// Refuses tokens of a person that were made before a moment, also when it is nothing here yet, and ends its logins that are older.
    public func revokeTokens(ofCosmosUser id: String, before: Timestamp) async throws {
        guard OpaqueIdentifier.isValid(id) else { return }
        try await write { tx in
            try tx.revokeTokens(of: id, before: before)
            guard let account = try tx.identity(id)?.account else { return }
            try tx.endSessions(of: account, before: before)
        }
    }

    /// Removes what is known of a person whose own server has deleted it: its memberships, logins, names and the link to its id. What it has said
    /// stays, under a name that says nothing.
    ///
    /// An owner's galaxies stay as they are: the metadata server hands them over or deletes them.
    public func forgetCosmosUser(_ id: String) async throws {
        guard OpaqueIdentifier.isValid(id) else { return }
        try await write { tx in
            try tx.revokeTokens(of: id, before: tx.now)
            try tx.execute("DELETE FROM operators WHERE user_id = $1", [.text(id)])
            guard let account = try tx.identity(id)?.account else { return }
            try tx.removeRegistryObjects(of: account)
            try tx.forget(account)
        }
    }
}

extension SQLReader {
    /// What is known of a person whose token is good.
    ///
    /// - Returns: nil when it is nothing here yet.
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`.
    fileprivate func check(_ identity: CosmosIdentity) throws -> LinkedIdentity? {
        if let before = try tokensRevoked(of: identity.subject), Timestamp(seconds: identity.issuedAt) < before {
            throw CommunityError.identityRevoked
        }
        let link = try self.identity(identity.subject)
        // An id that is the number of an account made here would speak for that account.
        guard try link != nil || account(userID: identity.subject) == nil else { throw CommunityError.identityTaken }
        guard link?.issuer == nil || link?.issuer == identity.issuer else { throw CommunityError.identityTaken }
        return link
    }

    private func tokensRevoked(of subject: String) throws -> Timestamp? {
        guard subject.isStorable else { return nil }
        return try first("SELECT revoked_before FROM revoked_tokens WHERE subject = $1", [.text(subject)]) {
            Timestamp(microseconds: try $0.integer(0))
        }
    }
}

extension Transaction {
    /// The account of a person of another server; made when it is nothing here yet.
    ///
    /// - Throws: `CommunityError.identityTaken`, `.identityRevoked`.
    func admit(_ identity: CosmosIdentity) throws -> AccountID {
        guard let link = try check(identity) else {
            return try insertPerson(identity.subject, name: identity.name, issuer: identity.issuer)
        }
        try bind(identity)
        return link.account
    }

    /// Writes down who vouches for an id; the first one stays.
    ///
    /// - Throws: `CommunityError.identityTaken` when somebody else was faster.
    fileprivate func bind(_ identity: CosmosIdentity) throws {
        try execute(
            "UPDATE linked_identities SET issuer = $1 WHERE provider = $2 AND subject = $3 AND issuer IS NULL",
            [.text(identity.issuer), .text(IdentityProvider.cosmos), .text(identity.subject)])
        _ = try check(identity)
    }

    /// A later moment stays.
    fileprivate func revokeTokens(of subject: String, before: Timestamp) throws {
        try execute(
            """
            INSERT INTO revoked_tokens (subject, revoked_before) VALUES ($1, $2)
            ON CONFLICT (subject) DO UPDATE SET revoked_before = excluded.revoked_before
            WHERE revoked_tokens.revoked_before < excluded.revoked_before
            """, [.text(subject), .integer(before.microseconds)])
    }

    /// Ends the logins that were opened before a moment, or with a token from before it, with an event for each.
    fileprivate func endSessions(of account: AccountID, before: Timestamp) throws {
        let older = try query(
            "SELECT id FROM sessions WHERE account_id = $1 AND ended_at IS NULL AND COALESCE(vouched_at, created_at) < $2 ORDER BY id",
            [.integer(account.rawValue), .integer(before.microseconds)]
        ) { SessionID(try $0.integer(0)) }
        for session in older { try endSession(session, of: account) }
    }

    /// Ends all memberships but those of an owner; nobody owns the home space until there is another administrator.
    func endMemberships(of account: AccountID) throws {
        try execute("UPDATE spaces SET owner_id = NULL WHERE is_home = 1 AND owner_id = $1", [.integer(account.rawValue)])
        for space in try spaces(of: account) where space.ownerID != account {
            guard let member = try member(account, of: space.id) else { continue }
            try remove(member, from: space, reason: .left)
        }
    }
}
