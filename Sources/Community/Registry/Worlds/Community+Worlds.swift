internal import Primitives
internal import Storage

/// Worlds (contracts/reileta.md 2.5). Whoever knows the id of one can read it; its owner and administrators change it.
extension Community {
    /// Makes a world. The event `worldCreated` is committed with it.
    ///
    /// - Parameter chosenID: a UUID that its maker has chosen.
    /// - Throws: `CommunityError.invalid`, `.missingTag`, `.registryIDTaken`, `.limitReached`.
    public func createWorld(_ changes: WorldChanges, chosenID: String?, by owner: AccountID) async throws -> World {
        try changes.check()
        let settings = settings
        return try await write { tx in
            let user = try tx.registryUser(owner)
            guard user.may(AccountTag.worldCreator, settings) else {
                throw CommunityError.missingTag(AccountTag.worldCreator)
            }
            if let chosenID {
                let taken = try tx.first("SELECT id FROM worlds WHERE chosen_id = $1", [.text(chosenID)]) { _ in true }
                guard taken == nil else { throw CommunityError.registryIDTaken }
            }
            let count = try tx.first("SELECT COUNT(*) FROM worlds WHERE owner_id = $1", [.integer(owner.rawValue)]) { try $0.integer(0) }
            guard count ?? 0 < Limits.worldsPerAccount else {
                throw CommunityError.limitReached(name: "worlds per account", limit: Int(Limits.worldsPerAccount))
            }
            let world = World(
                id: WorldID(tx.nextID()), chosenID: chosenID, ownerID: owner, title: changes.title?.trimmed ?? "New world",
                description: changes.description.emptyAsNone.newValue, capacity: changes.capacity ?? Limits.defaultCapacity,
                tags: WorldTag.settled(changes.tags ?? [], mayBeOfficial: user.account.isAdministrator), createdAt: tx.now,
                updatedAt: tx.now)
            try tx.insert(world)
            tx.append(.worldChanged(world, .created))
            return world
        }
    }

    /// Changes a world. The event `worldUpdated` is committed with it, unless nothing changes.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownWorld`, `.notRegistryOwner`.
    public func updateWorld(_ reference: RegistryReference, _ changes: WorldChanges, by actor: AccountID) async throws -> World {
        try changes.check()
        return try await write { tx in
            let present = try tx.ownWorld(reference, of: actor)
            var world = present
            world.title = changes.title?.trimmed ?? present.title
            world.description = changes.description.emptyAsNone.applied(to: present.description)
            world.capacity = changes.capacity ?? present.capacity
            if let tags = changes.tags {
                let mayBeOfficial = try present.tags.contains(WorldTag.official) || tx.registryUser(actor).account.isAdministrator
                world.tags = WorldTag.settled(tags, mayBeOfficial: mayBeOfficial)
            }
            guard world != present else { return present }
            world.updatedAt = tx.now
            try tx.update(world)
            tx.append(.worldChanged(world, .updated))
            return world
        }
    }

    /// Removes a world with its assets. The event `worldDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.notRegistryOwner`.
    public func deleteWorld(_ reference: RegistryReference, by actor: AccountID) async throws {
        try await write { tx in try tx.remove(try tx.ownWorld(reference, of: actor)) }
    }

    /// - Throws: `CommunityError.unknownWorld`.
    public func world(_ reference: RegistryReference) async throws -> World {
        try await read { try $0.world(reference) }
    }

    /// A world that somebody may change, before anything is uploaded for it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.notRegistryOwner`.
    public func world(_ reference: RegistryReference, ownedBy actor: AccountID) async throws -> World {
        try await read { try $0.ownWorld(reference, of: actor) }
    }

    /// The worlds that the viewer finds, the newest first.
    public func worlds(_ filter: WorldFilter, _ window: RegistryWindow) async throws -> RegistryPage<World> {
        try await scan { reader in
            guard let references = filter.references else { return try reader.worlds(filter, window) }
            let found = try references.compactMap { reference in
                do {
                    return try reader.world(reference)
                } catch CommunityError.unknownWorld {
                    return nil
                }
            }
            .filter { world in
                (filter.owner == nil || world.ownerID == filter.owner)
                    && (world.isPublic || filter.seesAll || world.ownerID == filter.viewer)
            }
            return RegistryPage(total: found.count, items: Array(found.dropFirst(window.offset).prefix(window.limit)))
        }
    }
}

extension Transaction {
    fileprivate func insert(_ world: World) throws {
        try execute(
            """
            INSERT INTO worlds (id, chosen_id, owner_id, title, title_key, description, capacity, tags, is_public, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
            """,
            [
                .integer(world.id.rawValue), .optional(world.chosenID), .integer(world.ownerID.rawValue), .text(world.title),
                .text(world.title.folded), .optional(world.description), .integer(Int64(world.capacity)),
                .text(RegistryText.joined(world.tags)), .bool(world.isPublic), .integer(now.microseconds),
            ])
    }

    fileprivate func update(_ world: World) throws {
        try execute(
            """
            UPDATE worlds SET title = $1, title_key = $2, description = $3, capacity = $4, tags = $5, is_public = $6, updated_at = $7
            WHERE id = $8
            """,
            [
                .text(world.title), .text(world.title.folded), .optional(world.description), .integer(Int64(world.capacity)),
                .text(RegistryText.joined(world.tags)), .bool(world.isPublic), .integer(world.updatedAt.microseconds),
                .integer(world.id.rawValue),
            ])
    }

    /// Notes that something of a world has changed, and tells it.
    func touch(_ id: WorldID) throws -> World {
        try execute("UPDATE worlds SET updated_at = $1 WHERE id = $2", [.integer(now.microseconds), .integer(id.rawValue)])
        guard let world = try world(id) else { throw CommunityError.unknownWorld }
        append(.worldChanged(world, .updated))
        return world
    }

    /// Removes a world with its assets and its picture, and tells it.
    func remove(_ world: World) throws {
        for asset in try assets(of: world.id) { try remove(asset) }
        try removePicture(.thumbnail, of: world.id.rawValue)
        try execute("DELETE FROM worlds WHERE id = $1", [.integer(world.id.rawValue)])
        append(.worldChanged(world, .deleted))
    }
}
