internal import Primitives
internal import Storage

extension Space {
    /// From the nine columns id, name, description, icon_url, owner_id, member_count, is_home, created_at, updated_at.
    init(_ row: Row, at first: Int = 0) throws(DatabaseError) {
        self.init(
            id: SpaceID(try row.integer(first)), name: try row.text(first + 1), description: try row.optionalText(first + 2),
            iconURL: try row.optionalText(first + 3), ownerID: try row.optionalInteger(first + 4).map { AccountID($0) },
            memberCount: Int(try row.integer(first + 5)), isHome: try row.bool(first + 6),
            createdAt: Timestamp(microseconds: try row.integer(first + 7)), updatedAt: Timestamp(microseconds: try row.integer(first + 8)))
    }
}

/// A role that every space has. The numbers stand in the database.
enum BuiltInRole: Int64 {
    /// Grants to every member; its id is the space's.
    case everyone = 1
    /// Grants ADMINISTRATOR: those whom Chat calls admin.
    case administrators = 2
}

extension SQLReader {
    func homeSpace() throws -> SpaceID? {
        try first("SELECT id FROM spaces WHERE is_home = 1", []) { SpaceID(try $0.integer(0)) }
    }

    /// - Throws: `CommunityError.unknownSpace`.
    func space(_ id: SpaceID) throws -> Space {
        let space = try first(
            """
            SELECT id, name, description, icon_url, owner_id, member_count, is_home, created_at, updated_at FROM spaces WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { try Space($0) }
        guard let space else { throw CommunityError.unknownSpace }
        return space
    }

    /// The spaces of an account, by the time of joining.
    func spaces(of account: AccountID) throws -> [Space] {
        try query(
            """
            SELECT s.id, s.name, s.description, s.icon_url, s.owner_id, s.member_count, s.is_home, s.created_at, s.updated_at
            FROM members m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = $1 ORDER BY m.joined_at, m.space_id
            """, [.integer(account.rawValue)]
        ) { try Space($0) }
    }

    /// How many spaces besides the home space an account is in.
    func spaceCount(of account: AccountID) throws -> Int {
        try first(
            "SELECT COUNT(*) FROM members m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = $1 AND s.is_home = 0",
            [.integer(account.rawValue)]
        ) { Int(try $0.integer(0)) } ?? 0
    }

    /// What a member sees of a space. The caller has checked that the account is one.
    func detail(of standing: SpaceStanding, at now: Timestamp) throws -> SpaceDetail {
        SpaceDetail(
            space: standing.space, channels: try channels(visibleTo: standing, at: now),
            members: try members(of: standing.space.id, limit: Limits.listedMembers))
    }
}

extension Transaction {
    /// Writes a space with its built-in roles, without members and channels.
    @discardableResult
    func insertSpace(_ draft: SpaceDraft, owner: AccountID?, isHome: Bool = false) throws -> SpaceID {
        let id = SpaceID(nextID())
        try execute(
            """
            INSERT INTO spaces (id, name, description, icon_url, owner_id, is_home, member_count, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)
            """,
            [
                .integer(id.rawValue), .text(draft.name), .optional(draft.description), .optional(draft.iconURL),
                .optional(owner?.rawValue), .bool(isHome), .integer(now.microseconds),
            ])
        try insertRole(id: id.rawValue, of: id, .everyone, name: "everyone", permissions: .everyoneDefault)
        try insertRole(id: nextID(), of: id, .administrators, name: "admin", permissions: .administrator)
        return id
    }

    private func insertRole(id: Int64, of space: SpaceID, _ kind: BuiltInRole, name: String, permissions: Permissions) throws {
        try execute(
            """
            INSERT INTO roles (id, space_id, kind, name, permissions, position, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)
            """,
            [
                .integer(id), .integer(space.rawValue), .integer(kind.rawValue), .text(name), .integer(permissions.rawValue),
                .integer(now.microseconds),
            ])
    }
}
