internal import Primitives
internal import Storage

extension World {
    /// From the columns id, chosen_id, owner_id, title, description, capacity, tags, created_at, updated_at, and of the picture blob_id, digest, size,
    /// updated_at.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: WorldID(try row.integer(0)), chosenID: try row.optionalText(1), ownerID: AccountID(try row.integer(2)),
            title: try row.text(3), description: try row.optionalText(4), capacity: Int(try row.integer(5)),
            tags: RegistryText.list(try row.text(6)), thumbnail: try Picture(row, at: 9),
            createdAt: Timestamp(microseconds: try row.integer(7)), updatedAt: Timestamp(microseconds: try row.integer(8)))
    }
}

extension SQLReader {
    /// A world by its number; nil when it is gone.
    func world(_ id: WorldID) throws -> World? {
        try first(
            """
            SELECT w.id, w.chosen_id, w.owner_id, w.title, w.description, w.capacity, w.tags, w.created_at, w.updated_at,
                p.blob_id, p.digest, p.size, p.updated_at
            FROM worlds w LEFT JOIN pictures p ON p.subject_id = w.id AND p.role = 0 WHERE w.id = $1
            """, [.integer(id.rawValue)]
        ) { try World($0) }
    }

    /// - Throws: `CommunityError.unknownWorld`.
    func world(_ reference: RegistryReference) throws -> World {
        let id = try first(
            "SELECT id FROM worlds WHERE id = $1 AND chosen_id IS NULL OR chosen_id = $2", reference.parameters
        ) { WorldID(try $0.integer(0)) }
        guard let id, let world = try world(id) else { throw CommunityError.unknownWorld }
        return world
    }

    /// A world that somebody may change: the owner, or an administrator.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.notRegistryOwner`.
    func ownWorld(_ reference: RegistryReference, of actor: AccountID) throws -> World {
        let world = try world(reference)
        try requireOwner(world.ownerID, actor)
        return world
    }

    /// - Throws: `CommunityError.notRegistryOwner`.
    func requireOwner(_ owner: AccountID, _ actor: AccountID) throws {
        guard try owner == actor || registryUser(actor).account.isAdministrator else { throw CommunityError.notRegistryOwner }
    }

    /// The worlds that fit and that the viewer finds, the newest first.
    func worlds(_ filter: WorldFilter, _ window: RegistryWindow) throws -> RegistryPage<World> {
        // No name has such a text, and PostgreSQL does not take it.
        guard filter.query?.isStorable ?? true else { return RegistryPage(total: 0, items: []) }
        let parameters: [SQLValue] = [
            .text(RegistryText.pattern(filter.query)), .integer(filter.owner?.rawValue ?? 0), .integer(filter.viewer?.rawValue ?? -1),
            .bool(filter.seesAll),
        ]
        let total = try first(
            """
            SELECT COUNT(*) FROM worlds
            WHERE title_key LIKE $1 ESCAPE '!' AND (owner_id = $2 OR $2 = 0) AND ($4 = 1 OR is_public = 1 OR owner_id = $3)
            """, parameters
        ) { Int(try $0.integer(0)) }
        let ids = try query(
            """
            SELECT id FROM worlds
            WHERE title_key LIKE $1 ESCAPE '!' AND (owner_id = $2 OR $2 = 0) AND ($4 = 1 OR is_public = 1 OR owner_id = $3)
            ORDER BY id DESC LIMIT $5 OFFSET $6
            """, parameters + [.integer(Int64(window.limit)), .integer(Int64(window.offset))]
        ) { WorldID(try $0.integer(0)) }
        return RegistryPage(total: total ?? 0, items: try ids.compactMap { try world($0) })
    }
}

/// Which worlds a list shows.
public struct WorldFilter: Sendable {
    /// A text that the title has in it.
    public var query: String?
    /// Whose they are.
    public var owner: AccountID?
    /// These only.
    public var references: [RegistryReference]?
    /// Who looks; nil: a stranger.
    public var viewer: AccountID?
    /// Whether those of others are shown that are not public.
    public var seesAll = false

    /// All that everybody finds.
    public init() {}
}
