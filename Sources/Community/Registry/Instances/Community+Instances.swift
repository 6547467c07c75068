public import Primitives
internal import Security
internal import Storage

/// Instances as records (contracts/reileta.md 2.8). Whoever knows the id of one can read it; its owner and administrators change it.
extension Community {
    /// Makes an instance. The event `instanceCreated` is committed with it.
    ///
    /// - Parameter chosenID: a UUID that its maker has chosen.
    /// - Throws: `CommunityError.invalid`, `.missingTag`, `.unknownWorld`, `.unknownTag`, `.registryIDTaken` when the id or the name is there,
    ///   `.limitReached`.
    public func createInstance(
        _ changes: InstanceChanges, of world: RegistryReference, chosenID: String?, by owner: AccountID
    ) async throws -> Instance {
        try changes.check()
        let (settings, hasChannel) = (settings, settings.hasInstanceChannels)
        let password = changes.password.emptyAsNone.newValue
        let passwordHash: String? = if let password { try await hash(PasswordSecret(password)) } else { nil }
        return try await write { tx in
            let user = try tx.registryUser(owner)
            guard user.may(AccountTag.instanceCreator, settings) else {
                throw CommunityError.missingTag(AccountTag.instanceCreator)
            }
            let world = try tx.world(world)
            let tags = try InstanceTag.settled(changes.tags ?? [], mayAdminister: user.account.isAdministrator)
            if let chosenID {
                let taken = try tx.first("SELECT id FROM instances WHERE chosen_id = $1", [.text(chosenID)]) { _ in true }
                guard taken == nil else { throw CommunityError.registryIDTaken }
            }
            let count = try tx.first("SELECT COUNT(*) FROM instances WHERE owner_id = $1", [.integer(owner.rawValue)]) { try $0.integer(0) }
            guard count ?? 0 < Limits.instancesPerAccount else {
                throw CommunityError.limitReached(name: "instances per account", limit: Int(Limits.instancesPerAccount))
            }
            let name = try changes.name ?? tx.freeInstanceName()
            try tx.requireFreeInstanceName(name, except: nil)
            var instance = changes.applied(
                to: Instance(
                    id: InstanceID(tx.nextID()), chosenID: chosenID, ownerID: owner, name: name, title: world.title, description: nil,
                    capacity: world.capacity, worldID: world.id, worldChosenID: world.chosenID, hasWorld: true, worldVersion: nil,
                    tags: tags, hasPassword: passwordHash != nil,
                    whitelist: nil, createdAt: tx.now, updatedAt: tx.now))
            instance.name = name
            try tx.insert(instance, passwordHash: passwordHash)
            if hasChannel { try tx.insertChannel(of: instance) }
            tx.append(.instanceChanged(instance, .created))
            return instance
        }
    }

    /// Changes an instance. The event `instanceUpdated` is committed with it, unless nothing changes.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownInstance`, `.notRegistryOwner`, `.unknownWorld`, `.unknownTag`, `.registryIDTaken`.
    public func updateInstance(_ selector: InstanceSelector, _ changes: InstanceChanges, by actor: AccountID) async throws -> Instance {
        try changes.check()
        // A hash costs: nobody gets one who may not change anything.
        try await read { try $0.requireOwner(try $0.instance(selector).ownerID, actor) }
        var passwordHash: Change<String> = .keep
        if case .set(let password) = changes.password.emptyAsNone {
            passwordHash = if let password { .set(try await hash(PasswordSecret(password))) } else { .set(nil) }
        }
        return try await write { [passwordHash] tx in
            let present = try tx.instance(selector)
            try tx.requireOwner(present.ownerID, actor)
            var instance = changes.applied(to: present)
            try tx.requireFreeInstanceName(instance.name, except: present.id)
            if let reference = changes.world {
                let world = try tx.world(reference)
                (instance.worldID, instance.worldChosenID, instance.hasWorld) = (world.id, world.chosenID, true)
            }
            if let tags = changes.tags {
                instance.tags = try InstanceTag.settled(
                    tags, mayAdminister: try tx.registryUser(actor).account.isAdministrator, kept: present.tags)
            }
            if case .set(let hash) = passwordHash { instance.hasPassword = hash != nil }
            guard instance != present || passwordHash != .keep else { return present }
            instance.updatedAt = tx.now
            try tx.update(instance, passwordHash: passwordHash)
            tx.append(.instanceChanged(instance, .updated))
            return instance
        }
    }

    /// Removes an instance. The event `instanceDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.notRegistryOwner`.
    public func deleteInstance(_ selector: InstanceSelector, by actor: AccountID) async throws {
        try await write { tx in
            let instance = try tx.instance(selector)
            try tx.requireOwner(instance.ownerID, actor)
            try tx.remove(instance)
        }
    }

    /// Removes an instance whose owner has left it, when it is one that ends then. The event `instanceDeleted` is committed with it.
    public func endInstance(_ id: InstanceID, leftBy owner: AccountID) async throws {
        let mayEnd = try await read { try $0.instance(id)?.tags.contains(InstanceTag.killOnOwnerLeave) ?? false }
        guard mayEnd else { return }
        try await write { tx in
            guard let instance = try tx.instance(id), instance.ownerID == owner, !instance.isPermanent,
                instance.tags.contains(InstanceTag.killOnOwnerLeave)
            else { return }
            try tx.remove(instance)
        }
    }

    /// Takes note that somebody is in these instances now, so that no other process takes them for empty.
    public func noteOccupied(_ instances: Set<InstanceID>) async throws {
        guard !instances.isEmpty else { return }
        try await write { tx in
            for id in instances.sorted(by: { $0.rawValue < $1.rawValue }) {
                try tx.execute(
                    "UPDATE instances SET occupied_at = $1 WHERE id = $2", [.integer(tx.now.microseconds), .integer(id.rawValue)])
            }
        }
    }

    /// Removes instances that nobody is in and that do not stay: those that were made before a moment, in which nobody was seen since, and which are
    /// none of `occupied`.
    ///
    /// - Parameter emptySince: when the last one has left those that somebody was in.
    public func removeEmptyInstances(
        madeBefore moment: Timestamp, occupied: Set<InstanceID>, emptySince: [InstanceID: Timestamp]
    ) async throws {
        let old = try await scan { reader in
            try reader.query(
                "SELECT id FROM instances WHERE created_at <= $1 AND occupied_at <= $1 AND tags NOT LIKE '%avr:permanent%'",
                [.integer(moment.microseconds)]
            ) { InstanceID(try $0.integer(0)) }
        }
        let empty = old.filter { !occupied.contains($0) && (emptySince[$0].map { $0 <= moment } ?? true) }
        guard !empty.isEmpty else { return }
        try await write { tx in
            for id in empty {
                // It may have been made permanent meanwhile, or somebody may have come in elsewhere.
                let isEmpty = try tx.first(
                    "SELECT id FROM instances WHERE id = $1 AND occupied_at <= $2",
                    [.integer(id.rawValue), .integer(moment.microseconds)]
                ) { _ in true }
                guard isEmpty != nil, let instance = try tx.instance(id), !instance.isPermanent else { continue }
                try tx.remove(instance)
            }
        }
    }

    /// - Throws: `CommunityError.unknownInstance`.
    public func instance(_ selector: InstanceSelector) async throws -> Instance {
        try await read { try $0.instance(selector) }
    }

    /// The instances that the viewer finds, the newest first.
    public func instances(_ filter: InstanceFilter, _ window: RegistryWindow) async throws -> RegistryPage<Instance> {
        try await scan { reader in
            guard let references = filter.references else { return try reader.instances(filter, window) }
            let found = try references.compactMap { reference in
                do {
                    return try reader.instance(reference)
                } catch CommunityError.unknownInstance {
                    return nil
                }
            }
            .filter { instance in
                instance.isListed || filter.seesAll || instance.ownerID == filter.viewer || filter.entered.contains(instance.id)
            }
            return RegistryPage(total: found.count, items: Array(found.dropFirst(window.offset).prefix(window.limit)))
        }
    }

    /// Whether somebody knows what has to be known to enter an instance.
    ///
    /// - Throws: `CommunityError.busy`.
    public func opens(_ instance: InstanceID, _ password: PasswordSecret) async throws -> Bool {
        let stored = try await read { reader in
            try reader.first("SELECT password_hash FROM instances WHERE id = $1", [.integer(instance.rawValue)]) { try $0.optionalText(0) }
        }
        return try await verify(password, against: stored ?? nil)
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.registryIDTaken`.
    fileprivate func requireFreeInstanceName(_ name: String, except own: InstanceID?) throws {
        let holder = try first("SELECT id FROM instances WHERE name = $1", [.text(name)]) { InstanceID(try $0.integer(0)) }
        guard holder == nil || holder == own else { throw CommunityError.registryIDTaken }
    }
}

extension Transaction {
    /// Six hexadecimal digits that no instance has for its name.
    fileprivate func freeInstanceName() throws -> String {
        for _ in 0..<64 {
            let name = Hex.encode(SecureRandom.bytes(3))
            if try first("SELECT id FROM instances WHERE name = $1", [.text(name)], { _ in true }) == nil { return name }
        }
        throw CommunityError.busy
    }
}
