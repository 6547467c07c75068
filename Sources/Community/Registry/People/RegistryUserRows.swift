internal import Primitives
internal import Storage

extension RegistryUser {
    /// From the columns of the account and tags, home, of both pictures blob_id, digest, size, updated_at, and id and username at another server.
    fileprivate init(_ row: Row) throws {
        self.init(
            account: try Account(row), tags: RegistryText.list(try row.text(10)), home: try row.optionalText(11),
            thumbnail: try Picture(row, at: 12), banner: try Picture(row, at: 16),
            external: try row.optionalText(20).flatMap { ExternalName($0) }, externalUsername: try row.optionalText(21))
    }
}

extension Picture {
    /// From the columns blob_id, digest, size, updated_at; nil when there is none.
    init?(_ row: Row, at first: Int) throws(DatabaseError) {
        guard let blob = try row.optionalInteger(first) else { return nil }
        self.init(
            blob: StoredBlob(id: blob, digest: try row.blob(first + 1), size: try row.integer(first + 2)),
            updatedAt: Timestamp(microseconds: try row.integer(first + 3)))
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownAccount`, also for one that is gone.
    func registryUser(_ id: AccountID) throws -> RegistryUser {
        let user = try first(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at,
                a.tags, a.home, t.blob_id, t.digest, t.size, t.updated_at, b.blob_id, b.digest, b.size, b.updated_at, l.subject,
                l.name
            FROM accounts a LEFT JOIN pictures t ON t.subject_id = a.id AND t.role = 0
            LEFT JOIN pictures b ON b.subject_id = a.id AND b.role = 1
            LEFT JOIN linked_identities l ON l.account_id = a.id AND l.provider = $2 WHERE a.id = $1 AND a.deleted_at IS NULL
            """, [.integer(id.rawValue), .text(IdentityProvider.registry)]
        ) { try RegistryUser($0) }
        guard let user else { throw CommunityError.unknownAccount }
        return user
    }

    /// - Throws: `CommunityError.unknownAccount`.
    func registryUser(_ selector: UserSelector) throws -> RegistryUser {
        switch selector {
        case .id(let id): return try registryUser(id)
        case .username(let name):
            guard let account = try credentials(.exactUsername(name))?.account else { throw CommunityError.unknownAccount }
            return try registryUser(account.id)
        }
    }

    /// The administrator who was first; nil without any.
    func firstAdministrator() throws -> AccountID? {
        try first("SELECT id FROM accounts WHERE is_administrator = 1 ORDER BY id LIMIT 1", []) { AccountID(try $0.integer(0)) }
    }

    /// People of this server whose names have a text in them, in the order in which they came.
    func registryUsers(matching query: String, _ window: RegistryWindow) throws -> RegistryPage<RegistryUser> {
        // No name has such a text, and PostgreSQL does not take it.
        guard query.isStorable else { return RegistryPage(total: 0, items: []) }
        let pattern = SQLValue.text(RegistryText.pattern(query))
        let total = try first(
            """
            SELECT COUNT(*) FROM accounts
            WHERE deleted_at IS NULL AND (username_key LIKE $1 ESCAPE '!' OR LOWER(display_name) LIKE $1 ESCAPE '!')
                AND NOT EXISTS (SELECT 1 FROM linked_identities l WHERE l.account_id = accounts.id AND l.provider = $2)
            """, [pattern, .text(IdentityProvider.registry)]
        ) { Int(try $0.integer(0)) }
        let ids = try self.query(
            """
            SELECT id FROM accounts
            WHERE deleted_at IS NULL AND (username_key LIKE $1 ESCAPE '!' OR LOWER(display_name) LIKE $1 ESCAPE '!')
                AND NOT EXISTS (SELECT 1 FROM linked_identities l WHERE l.account_id = accounts.id AND l.provider = $4)
            ORDER BY id LIMIT $2 OFFSET $3
            """,
            [pattern, .integer(Int64(window.limit)), .integer(Int64(window.offset)), .text(IdentityProvider.registry)]
        ) { AccountID(try $0.integer(0)) }
        return RegistryPage(total: total ?? 0, items: try ids.map { try registryUser($0) })
    }
}

extension Transaction {
    /// Writes what the registry knows of an account besides the account itself.
    func updateRegistryColumns(of user: RegistryUser) throws {
        try execute(
            "UPDATE accounts SET tags = $1, home = $2, is_administrator = $3 WHERE id = $4",
            [
                .text(RegistryText.joined(user.tags)), .optional(user.home), .bool(user.account.isAdministrator),
                .integer(user.id.rawValue),
            ])
    }
}
