internal import Primitives
internal import Storage

extension WorldAsset {
    /// From the columns id, chosen_id, world_id, version, engine, platform, url, blob_id, digest, size, created_at, updated_at.
    fileprivate init(_ row: Row) throws {
        let size = try row.integer(9)
        var file: File?
        if let blob = try row.optionalInteger(7) {
            file = .stored(StoredBlob(id: blob, digest: try row.blob(8), size: size))
        } else if let url = try row.optionalText(6) {
            file = .external(url: url, digest: try row.optionalBlob(8), size: size)
        }
        self.init(
            id: WorldAssetID(try row.integer(0)), chosenID: try row.optionalText(1), worldID: WorldID(try row.integer(2)),
            build: Build(version: try row.text(3), engine: try row.text(4), platform: try row.text(5)), file: file,
            createdAt: Timestamp(microseconds: try row.integer(10)), updatedAt: Timestamp(microseconds: try row.integer(11)))
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownAsset`.
    func asset(_ reference: RegistryReference, of world: WorldID) throws -> WorldAsset {
        let asset = try first(
            """
            SELECT id, chosen_id, world_id, version, engine, platform, url, blob_id, digest, size, created_at, updated_at FROM world_assets
            WHERE (id = $1 AND chosen_id IS NULL OR chosen_id = $2) AND world_id = $3
            """, reference.parameters + [.integer(world.rawValue)]
        ) { try WorldAsset($0) }
        guard let asset else { throw CommunityError.unknownAsset }
        return asset
    }

    /// All assets of a world, of which there are few, the oldest first.
    func assets(of world: WorldID) throws -> [WorldAsset] {
        try query(
            """
            SELECT id, chosen_id, world_id, version, engine, platform, url, blob_id, digest, size, created_at, updated_at FROM world_assets
            WHERE world_id = $1 ORDER BY id
            """, [.integer(world.rawValue)]
        ) { try WorldAsset($0) }
    }

    /// Bytes of the files that somebody has uploaded for the own worlds.
    func storedBytes(of owner: AccountID) throws -> Int64 {
        try first(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM world_assets WHERE owner_id = $1 AND blob_id IS NOT NULL",
            [.integer(owner.rawValue)]
        ) { try $0.integer(0) } ?? 0
    }
}

extension Transaction {
    func insert(_ asset: WorldAsset, owner: AccountID) throws {
        let external = asset.externalColumns
        try execute(
            """
            INSERT INTO world_assets (
                id, chosen_id, world_id, owner_id, version, engine, platform, url, blob_id, digest, size, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10, $11, $11)
            """,
            [
                .integer(asset.id.rawValue), .optional(asset.chosenID), .integer(asset.worldID.rawValue), .integer(owner.rawValue),
                .text(asset.build.version), .text(asset.build.engine), .text(asset.build.platform), external.url, external.digest,
                .integer(asset.size), .integer(now.microseconds),
            ])
    }

    /// Writes an asset whose file, when it is a stored one, has been retained.
    func update(_ asset: WorldAsset) throws {
        let external = asset.externalColumns
        var blob = SQLValue.null
        if case .stored(let stored) = asset.file { blob = .integer(stored.id) }
        try execute(
            """
            UPDATE world_assets SET version = $1, engine = $2, platform = $3, url = $4, blob_id = $5, digest = $6, size = $7, updated_at = $8
            WHERE id = $9
            """,
            [
                .text(asset.build.version), .text(asset.build.engine), .text(asset.build.platform), external.url, blob, external.digest,
                .integer(asset.size), .integer(asset.updatedAt.microseconds), .integer(asset.id.rawValue),
            ])
    }

    /// Removes an asset and lets its file go.
    func remove(_ asset: WorldAsset) throws {
        if case .stored(let blob) = asset.file { try release(blob) }
        try execute("DELETE FROM world_assets WHERE id = $1", [.integer(asset.id.rawValue)])
    }
}

extension WorldAsset {
    fileprivate var externalColumns: (url: SQLValue, digest: SQLValue) {
        if case .external(let url, _, _) = file { return (.text(url), .optional(digest)) }
        return (.null, .optional(digest))
    }
}
