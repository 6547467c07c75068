public import Primitives
internal import Storage

/// Who follows whom (contracts/reileta.md 2.3). Two who follow each other are friends.
extension Community {
    /// Follows somebody.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.alreadyFollowing`, `.cannotFollowOneself`, `.limitReached`.
    public func follow(_ followee: AccountID, by follower: AccountID) async throws -> Follow {
        guard followee != follower else { throw CommunityError.cannotFollowOneself }
        return try await write { tx in
            let follow = Follow(
                id: tx.nextID(), follower: try tx.registryUser(follower), followee: try tx.registryUser(followee), createdAt: tx.now)
            guard try tx.followed(followee, by: follower) == nil else { throw CommunityError.alreadyFollowing }
            let count = try tx.first("SELECT COUNT(*) FROM follows WHERE follower_id = $1", [.integer(follower.rawValue)]) {
                try $0.integer(0)
            }
            guard count ?? 0 < Limits.followsPerAccount else {
                throw CommunityError.limitReached(name: "people that one follows", limit: Int(Limits.followsPerAccount))
            }
            try tx.execute(
                "INSERT INTO follows (id, follower_id, followee_id, created_at) VALUES ($1, $2, $3, $4)",
                [
                    .integer(follow.id), .integer(follower.rawValue), .integer(followee.rawValue), .integer(tx.now.microseconds),
                ])
            return follow
        }
    }

    /// Follows somebody no longer.
    ///
    /// - Throws: `CommunityError.unknownAccount` when nobody of that number is followed.
    public func unfollow(_ followee: AccountID, by follower: AccountID) async throws {
        try await write { tx in
            let removed = try tx.execute(
                "DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2",
                [.integer(follower.rawValue), .integer(followee.rawValue)])
            guard removed == 1 else { throw CommunityError.unknownAccount }
        }
    }

    /// Whom somebody follows, and who of them follows back.
    public func following(of account: AccountID) async throws -> Following {
        try await read { reader in
            let rows = try reader.query(
                """
                SELECT f.followee_id, b.follower_id FROM follows f
                LEFT JOIN follows b ON b.follower_id = f.followee_id AND b.followee_id = f.follower_id
                WHERE f.follower_id = $1 ORDER BY f.id
                """, [.integer(account.rawValue)]
            ) { (AccountID(try $0.integer(0)), try $0.optionalInteger(1) != nil) }
            return Following(following: rows.map(\.0), friends: rows.filter(\.1).map(\.0))
        }
    }

    /// The relations that begin at somebody, or that end there.
    public func follows(of account: AccountID, areFollowers: Bool, _ window: RegistryWindow) async throws -> RegistryPage<Follow> {
        try await scan { reader in
            let rows = try reader.query(
                """
                SELECT id, follower_id, followee_id, created_at FROM follows
                WHERE $2 = 0 AND follower_id = $1 OR $2 = 1 AND followee_id = $1 ORDER BY id LIMIT $3 OFFSET $4
                """,
                [.integer(account.rawValue), .bool(areFollowers), .integer(Int64(window.limit)), .integer(Int64(window.offset))]
            ) { row in
                (
                    try row.integer(0), AccountID(try row.integer(1)), AccountID(try row.integer(2)),
                    Timestamp(microseconds: try row.integer(3))
                )
            }
            let total = try reader.first(
                "SELECT COUNT(*) FROM follows WHERE $2 = 0 AND follower_id = $1 OR $2 = 1 AND followee_id = $1",
                [.integer(account.rawValue), .bool(areFollowers)]
            ) { Int(try $0.integer(0)) }
            let items = try rows.map { row in
                Follow(
                    id: row.0, follower: try reader.registryUser(row.1), followee: try reader.registryUser(row.2), createdAt: row.3)
            }
            return RegistryPage(total: total ?? 0, items: items)
        }
    }

    /// Since when two have been following each other, as the first sees it; nil when they do not.
    public func friendship(of account: AccountID, with other: AccountID) async throws -> Timestamp? {
        try await read { reader in
            guard try reader.followed(account, by: other) != nil else { return nil }
            return try reader.followed(other, by: account)
        }
    }
}

extension SQLReader {
    /// Since when somebody is followed.
    fileprivate func followed(_ followee: AccountID, by follower: AccountID) throws -> Timestamp? {
        try first(
            "SELECT created_at FROM follows WHERE follower_id = $1 AND followee_id = $2",
            [.integer(follower.rawValue), .integer(followee.rawValue)]
        ) { Timestamp(microseconds: try $0.integer(0)) }
    }
}
