internal import Primitives
internal import Storage

extension SQLReader {
    /// The space that Cosmos knows by an id: the metadata server's, or the number of one that was made here.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    func spaceID(galaxy id: String) throws -> SpaceID {
        guard id.isStorable else { throw CommunityError.unknownSpace }
        let named = try first("SELECT id FROM spaces WHERE external_id = $1 AND deleted_at IS NULL", [.text(id)]) {
            SpaceID(try $0.integer(0))
        }
        if let named { return named }
        guard let number = Int64(id), String(number) == id,
            let own = try first(
                "SELECT id FROM spaces WHERE id = $1 AND external_id IS NULL AND deleted_at IS NULL", [.integer(number)],
                { SpaceID(try $0.integer(0)) })
        else { throw CommunityError.unknownSpace }
        return own
    }

    /// - Throws: `CommunityError.unknownSpace`.
    func galaxy(_ id: SpaceID) throws -> Galaxy {
        let found = try first(
            """
            SELECT id, name, description, icon_url, owner_id, member_count, is_home, created_at, updated_at, external_id, icon_hash,
                public_flags, private_flags, source
            FROM spaces WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { row in
            let space = try Space(row)
            return Galaxy(
                space: space, id: try row.optionalText(9) ?? String(space.id.rawValue), ownerID: "", iconHash: try row.optionalText(10),
                flags: SpaceFlags(publicBits: try row.integer(11), privateBits: try row.integer(12)), source: try row.optionalText(13))
        }
        guard var galaxy = found else { throw CommunityError.unknownSpace }
        galaxy.ownerID = try galaxy.space.ownerID.map { try userID(of: $0) } ?? ""
        return galaxy
    }

    /// The id that Cosmos knows a space by.
    func galaxyID(of space: SpaceID) throws -> String {
        try first("SELECT external_id FROM spaces WHERE id = $1", [.integer(space.rawValue)]) { try $0.optionalText(0) }
            .flatMap { $0 } ?? String(space.rawValue)
    }

    /// Galaxies of metadata servers that are not deleted.
    func galaxyCount() throws -> Int {
        try first("SELECT COUNT(*) FROM spaces WHERE external_id IS NOT NULL AND deleted_at IS NULL", []) { Int(try $0.integer(0)) } ?? 0
    }
}

extension Transaction {
    /// Writes what only galaxies have.
    func update(_ galaxy: Galaxy) throws {
        try execute(
            """
            UPDATE spaces SET name = $1, description = $2, external_id = $3, source = $4, icon_hash = $5, public_flags = $6,
                private_flags = $7, updated_at = $8 WHERE id = $9
            """,
            [
                .text(galaxy.space.name), .optional(galaxy.space.description), .text(galaxy.id), .optional(galaxy.source),
                .optional(galaxy.iconHash), .integer(galaxy.flags.publicBits), .integer(galaxy.flags.privateBits),
                .integer(now.microseconds), .integer(galaxy.space.id.rawValue),
            ])
    }
}
