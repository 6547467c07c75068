internal import Primitives
internal import Storage

extension Instance {
    /// From the columns id, chosen_id, owner_id, name, title, description, capacity, world_id, world_version, tags, password_hash, whitelist,
    /// created_at, updated_at, of the world id and chosen_id, and moderators.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: InstanceID(try row.integer(0)), chosenID: try row.optionalText(1), ownerID: AccountID(try row.integer(2)),
            name: try row.text(3), title: try row.text(4), description: try row.optionalText(5), capacity: Int(try row.integer(6)),
            worldID: WorldID(try row.integer(7)), worldChosenID: try row.optionalText(15),
            hasWorld: try row.optionalInteger(14) != nil, worldVersion: try row.optionalText(8), tags: RegistryText.list(try row.text(9)),
            hasPassword: try row.optionalText(10) != nil, whitelist: try row.optionalText(11).map(RegistryText.list),
            moderators: RegistryText.accounts(try row.text(16)),
            createdAt: Timestamp(microseconds: try row.integer(12)), updatedAt: Timestamp(microseconds: try row.integer(13)))
    }
}

extension SQLReader {
    /// An instance by its number; nil when it is gone.
    func instance(_ id: InstanceID) throws -> Instance? {
        try first(
            """
            SELECT i.id, i.chosen_id, i.owner_id, i.name, i.title, i.description, i.capacity, i.world_id, i.world_version, i.tags,
                i.password_hash, i.whitelist, i.created_at, i.updated_at, w.id, w.chosen_id,
                i.moderators
            FROM instances i LEFT JOIN worlds w ON w.id = i.world_id WHERE i.id = $1
            """, [.integer(id.rawValue)]
        ) { try Instance($0) }
    }

    /// - Throws: `CommunityError.unknownInstance`.
    func instance(_ selector: InstanceSelector) throws -> Instance {
        let id: InstanceID? =
            switch selector {
            case .reference(let reference):
                try first(
                    "SELECT id FROM instances WHERE id = $1 AND chosen_id IS NULL OR chosen_id = $2", reference.parameters
                ) { InstanceID(try $0.integer(0)) }
            case .name(let name):
                name.isStorable
                    ? try first("SELECT id FROM instances WHERE name = $1", [.text(name)]) { InstanceID(try $0.integer(0)) } : nil
            }
        guard let id, let instance = try instance(id) else { throw CommunityError.unknownInstance }
        return instance
    }

    /// The instances that fit and that the viewer finds, the newest first. Those whose world or owner is gone are left out.
    func instances(_ filter: InstanceFilter, _ window: RegistryWindow) throws -> RegistryPage<Instance> {
        // No name has such a text, and PostgreSQL does not take it.
        guard filter.query?.isStorable ?? true else { return RegistryPage(total: 0, items: []) }
        var world: Int64 = 0
        if let reference = filter.world {
            guard let found = try found(reference) else { return RegistryPage(total: 0, items: []) }
            world = found.rawValue
        }
        let parameters: [SQLValue] = [
            .text(RegistryText.pattern(filter.query)), .integer(filter.owner?.rawValue ?? 0), .integer(filter.viewer?.rawValue ?? -1),
            .bool(filter.seesAll), .integer(world),
        ]
        let ids = try query(
            """
            SELECT i.id FROM instances i JOIN worlds w ON w.id = i.world_id JOIN accounts a ON a.id = i.owner_id AND a.deleted_at IS NULL
            WHERE (i.name LIKE $1 ESCAPE '!' OR i.title_key LIKE $1 ESCAPE '!') AND (i.owner_id = $2 OR $2 = 0)
                AND (i.world_id = $5 OR $5 = 0) AND ($4 = 1 OR i.is_listed = 1 OR i.owner_id = $3)
            ORDER BY i.id DESC
            """, parameters
        ) { InstanceID(try $0.integer(0)) }
        let others = try filter.entered.subtracting(ids).sorted(by: >).compactMap { try instance($0) }.filter { entered in
            (filter.owner == nil || filter.owner == entered.ownerID) && (world == 0 || world == entered.worldID.rawValue)
                && (filter.query.map { entered.name.contains($0.folded) || entered.title.folded.contains($0.folded) } ?? true)
        }
        .map(\.id)
        let all = (ids + others).sorted(by: >)
        return RegistryPage(
            total: all.count, items: try all.dropFirst(window.offset).prefix(window.limit).compactMap { try instance($0) })
    }

    private func found(_ reference: RegistryReference) throws -> WorldID? {
        do {
            return try world(reference).id
        } catch CommunityError.unknownWorld {
            return nil
        }
    }
}

extension Transaction {
    func insert(_ instance: Instance, passwordHash: String?) throws {
        try execute(
            """
            INSERT INTO instances (
                id, chosen_id, owner_id, name, title, title_key, description, capacity, world_id, world_version, tags, is_listed, whitelist,
                moderators,
                password_hash, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
            """,
            [.integer(instance.id.rawValue), .optional(instance.chosenID), .integer(instance.ownerID.rawValue)] + instance.columns
                + [.optional(passwordHash), .integer(now.microseconds)])
    }

    /// - Parameter passwordHash: nil: as it is.
    func update(_ instance: Instance, passwordHash: Change<String>) throws {
        try execute(
            """
            UPDATE instances SET name = $1, title = $2, title_key = $3, description = $4, capacity = $5, world_id = $6, world_version = $7,
                tags = $8, is_listed = $9, whitelist = $10, moderators = $11, updated_at = $12
            WHERE id = $13
            """, instance.columns + [.integer(instance.updatedAt.microseconds), .integer(instance.id.rawValue)])
        if case .set(let hash) = passwordHash {
            try execute(
                "UPDATE instances SET password_hash = $1 WHERE id = $2", [.optional(hash), .integer(instance.id.rawValue)])
        }
    }

    /// Removes an instance with those who asked to come in and those who may not, and tells it.
    func remove(_ instance: Instance) throws {
        for candidate in try openCandidates(in: instance.id) { append(.candidateChanged(candidate, .removed, of: instance)) }
        try execute("DELETE FROM instance_candidates WHERE instance_id = $1", [.integer(instance.id.rawValue)])
        try removeChannel(of: instance.id)
        try execute("DELETE FROM instance_sanctions WHERE instance_id = $1", [.integer(instance.id.rawValue)])
        try execute("DELETE FROM instances WHERE id = $1", [.integer(instance.id.rawValue)])
        append(.instanceChanged(instance, .deleted))
    }
}

extension Instance {
    fileprivate var columns: [SQLValue] {
        [
            .text(name), .text(title), .text(title.folded), .optional(description), .integer(Int64(capacity)), .integer(worldID.rawValue),
            .optional(worldVersion), .text(RegistryText.joined(tags)), .bool(isListed), .optional(whitelist.map(RegistryText.joined)),
            .text(RegistryText.joined(moderators)),
        ]
    }
}
