internal import Primitives
internal import Storage

/// Services (contracts/reileta.md 2.4). Anybody reads them; their owner and administrators change them.
extension Community {
    /// Makes a service. The event `serviceCreated` is committed with it.
    ///
    /// - Throws: `CommunityError.invalid`, `.missingTag`, `.registryIDTaken`, `.limitReached`.
    public func createService(_ changes: RegistryServiceChanges, chosenID: String?, by owner: AccountID) async throws -> RegistryService {
        try changes.check()
        let settings = settings
        return try await write { tx in
            guard try tx.registryUser(owner).may(AccountTag.serviceCreator, settings) else {
                throw CommunityError.missingTag(AccountTag.serviceCreator)
            }
            if let chosenID {
                let taken = try tx.first("SELECT id FROM services WHERE chosen_id = $1", [.text(chosenID)]) { _ in true }
                guard taken == nil else { throw CommunityError.registryIDTaken }
            }
            let count = try tx.first("SELECT COUNT(*) FROM services WHERE owner_id = $1", [.integer(owner.rawValue)]) { try $0.integer(0) }
            guard count ?? 0 < Limits.servicesPerAccount else {
                throw CommunityError.limitReached(name: "services per account", limit: Int(Limits.servicesPerAccount))
            }
            let service = changes.applied(
                to: RegistryService(
                    id: RegistryServiceID(tx.nextID()), chosenID: chosenID, ownerID: owner, title: "New service", description: nil,
                    version: "1.0.0", url: nil, tags: [], requirements: [], createdAt: tx.now, updatedAt: tx.now))
            try tx.insert(service)
            tx.append(.serviceChanged(service, .created))
            return service
        }
    }

    /// Changes a service. The event `serviceUpdated` is committed with it, unless nothing changes.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownService`, `.notRegistryOwner`.
    public func updateService(
        _ reference: RegistryReference, _ changes: RegistryServiceChanges, by actor: AccountID
    ) async throws -> RegistryService {
        try changes.check()
        return try await write { tx in
            let present = try tx.service(reference)
            try tx.requireOwner(present.ownerID, actor)
            var service = changes.applied(to: present)
            guard service != present else { return present }
            service.updatedAt = tx.now
            try tx.update(service)
            tx.append(.serviceChanged(service, .updated))
            return service
        }
    }

    /// Removes a service. The event `serviceDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownService`, `.notRegistryOwner`.
    public func deleteService(_ reference: RegistryReference, by actor: AccountID) async throws {
        try await write { tx in
            let service = try tx.service(reference)
            try tx.requireOwner(service.ownerID, actor)
            try tx.remove(service)
        }
    }

    /// - Throws: `CommunityError.unknownService`.
    public func service(_ reference: RegistryReference) async throws -> RegistryService {
        try await read { try $0.service(reference) }
    }

    /// Services whose title has a text in it, or those that are named; the newest first.
    public func services(
        matching query: String?, references: [RegistryReference]?, _ window: RegistryWindow
    ) async throws -> RegistryPage<RegistryService> {
        try await scan { reader in
            guard let references else { return try reader.services(matching: query, window) }
            let found = try references.compactMap { reference in
                do {
                    return try reader.service(reference)
                } catch CommunityError.unknownService {
                    return nil
                }
            }
            return RegistryPage(total: found.count, items: Array(found.dropFirst(window.offset).prefix(window.limit)))
        }
    }
}
