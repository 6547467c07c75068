internal import Primitives
internal import Storage

extension Member {
    /// From the ten columns of the account and nickname, joined_at, the owner of the space, and whether there is the role of administrators.
    init(_ row: Row, in space: SpaceID) throws(DatabaseError) {
        let account = try Account(row)
        let isOwner = try row.optionalInteger(12) == account.id.rawValue
        let isAdministrator = try row.bool(13)
        self.init(
            spaceID: space, account: account, role: isOwner ? .owner : isAdministrator ? .admin : .member,
            nickname: try row.optionalText(10), joinedAt: Timestamp(microseconds: try row.integer(11)))
    }
}

extension SQLReader {
    /// Members by account id, from the first one or those after another.
    func members(of space: SpaceID, after: AccountID? = nil, limit: Int) throws -> [Member] {
        try query(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at,
                m.nickname, m.joined_at, s.owner_id,
                CASE WHEN EXISTS (
                    SELECT 1 FROM member_roles mr JOIN roles r ON r.id = mr.role_id
                    WHERE mr.space_id = m.space_id AND mr.account_id = m.account_id AND r.kind = 2) THEN 1 ELSE 0 END
            FROM members m JOIN accounts a ON a.id = m.account_id JOIN spaces s ON s.id = m.space_id
            WHERE m.space_id = $1 AND m.account_id > $2 ORDER BY m.account_id LIMIT $3
            """, [.integer(space.rawValue), .integer(after?.rawValue ?? 0), .integer(Int64(limit))]
        ) { try Member($0, in: space) }
    }

    func isMember(_ account: AccountID, of space: SpaceID) throws -> Bool {
        try first(
            "SELECT account_id FROM members WHERE space_id = $1 AND account_id = $2",
            [.integer(space.rawValue), .integer(account.rawValue)]
        ) { _ in true } ?? false
    }

    /// One member, nil when the account is none.
    func member(_ account: AccountID, of space: SpaceID) throws -> Member? {
        try first(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at,
                m.nickname, m.joined_at, s.owner_id,
                CASE WHEN EXISTS (
                    SELECT 1 FROM member_roles mr JOIN roles r ON r.id = mr.role_id
                    WHERE mr.space_id = m.space_id AND mr.account_id = m.account_id AND r.kind = 2) THEN 1 ELSE 0 END
            FROM members m JOIN accounts a ON a.id = m.account_id JOIN spaces s ON s.id = m.space_id
            WHERE m.space_id = $1 AND m.account_id = $2
            """, [.integer(space.rawValue), .integer(account.rawValue)]
        ) { try Member($0, in: space) }
    }
}

extension Transaction {
    /// Makes an account a member, and writes the event.
    ///
    /// - Returns: the space as the new member sees it.
    /// - Throws: `CommunityError.alreadyMember`.
    @discardableResult
    func addMember(_ account: AccountID, to space: SpaceID) throws -> SpaceDetail {
        let added = try execute(
            "INSERT INTO members (space_id, account_id, joined_at) VALUES ($1, $2, $3) ON CONFLICT (space_id, account_id) DO NOTHING",
            [.integer(space.rawValue), .integer(account.rawValue), .integer(now.microseconds)])
        guard added == 1 else { throw CommunityError.alreadyMember }
        try execute("UPDATE spaces SET member_count = member_count + 1 WHERE id = $1", [.integer(space.rawValue)])
        let detail = try detail(of: try standing(of: account, in: space, at: now), at: now)
        guard let member = try member(account, of: space) else { throw CommunityError.unknownMember }
        append(.memberAdded(member, detail: detail))
        return detail
    }

    /// - Throws: `CommunityError.limitReached` when the account is in as many spaces as it may be.
    func requireRoomForSpace(of account: AccountID) throws {
        guard try spaceCount(of: account) < Limits.spacesPerAccount else {
            throw CommunityError.limitReached(name: "spaces per account", limit: Limits.spacesPerAccount)
        }
    }
}
