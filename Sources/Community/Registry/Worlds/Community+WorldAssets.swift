internal import Primitives
public import Storage

/// The assets of worlds, and their files (contracts/reileta.md 2.5). Whoever changes the world changes them.
extension Community {
    /// Makes an asset that has no file yet, or one elsewhere. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownWorld`, `.notRegistryOwner`, `.registryIDTaken` when its id or its build is there, `.limitReached`.
    public func createAsset(
        of world: RegistryReference, _ changes: WorldAssetChanges, build: WorldAsset.Build, chosenID: String?, by actor: AccountID
    ) async throws -> WorldAsset {
        try changes.check()
        return try await write { tx in
            let world = try tx.ownWorld(world, of: actor)
            let others = try tx.assets(of: world.id)
            guard others.count < Limits.assetsPerWorld else {
                throw CommunityError.limitReached(name: "assets per world", limit: Limits.assetsPerWorld)
            }
            try tx.requireFree(build, among: others, except: nil)
            if let chosenID {
                let taken = try tx.first("SELECT id FROM world_assets WHERE chosen_id = $1", [.text(chosenID)]) { _ in true }
                guard taken == nil else { throw CommunityError.registryIDTaken }
            }
            let asset = WorldAsset(
                id: WorldAssetID(tx.nextID()), chosenID: chosenID, worldID: world.id, build: build, file: changes.external,
                createdAt: tx.now, updatedAt: tx.now)
            try tx.insert(asset, owner: world.ownerID)
            _ = try tx.touch(world.id)
            return asset
        }
    }

    /// Changes what an asset is for, or where its file is. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownWorld`, `.unknownAsset`, `.notRegistryOwner`, `.registryIDTaken` when another has its build.
    public func updateAsset(
        _ reference: RegistryReference, of world: RegistryReference, _ changes: WorldAssetChanges, by actor: AccountID
    ) async throws -> WorldAsset {
        try changes.check()
        return try await changeAsset(reference, of: world, by: actor) { asset, tx in
            asset.build.version = changes.version ?? asset.build.version
            asset.build.engine = changes.engine ?? asset.build.engine
            asset.build.platform = changes.platform ?? asset.build.platform
            try tx.requireFree(asset.build, among: try tx.assets(of: asset.worldID), except: asset.id)
            guard let external = changes.external else { return }
            if case .stored(let blob) = asset.file { try tx.release(blob) }
            asset.file = external
        }
    }

    /// Gives an asset a file that has been uploaded, in the place of the one before. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.unknownAsset`, `.notRegistryOwner`, `.limitReached` when the owner has no room for it;
    ///   `BlobReferenceError.gone`.
    public func attachFile(
        _ blob: StoredBlob, to reference: RegistryReference, of world: RegistryReference, by actor: AccountID
    ) async throws -> WorldAsset {
        let quota = settings.assetBytesPerAccount
        return try await changeAsset(reference, of: world, by: actor) { asset, tx in
            // First the new one: it may be the old one.
            try tx.retain(blob)
            var freed: Int64 = 0
            if case .stored(let former) = asset.file {
                try tx.release(former)
                freed = former.size
            }
            let owner = try tx.world(world).ownerID
            guard try tx.storedBytes(of: owner) - freed + blob.size <= quota else {
                throw CommunityError.limitReached(name: "bytes of files per account", limit: Int(quota))
            }
            asset.file = .stored(blob)
        }
    }

    /// Removes an asset. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.unknownAsset`, `.notRegistryOwner`.
    public func deleteAsset(_ reference: RegistryReference, of world: RegistryReference, by actor: AccountID) async throws {
        try await write { tx in
            let world = try tx.ownWorld(world, of: actor)
            try tx.remove(try tx.asset(reference, of: world.id))
            _ = try tx.touch(world.id)
        }
    }

    /// - Throws: `CommunityError.unknownWorld`, `.unknownAsset`.
    public func asset(_ reference: RegistryReference, of world: RegistryReference) async throws -> WorldAsset {
        try await read { try $0.asset(reference, of: try $0.world(world).id) }
    }

    /// The assets of a world that fit, the oldest first.
    public func assets(of world: WorldID, _ filter: WorldAssetFilter = WorldAssetFilter()) async throws -> [WorldAsset] {
        try await read { try $0.assets(of: world).filter(filter.fits) }
    }

    /// Bytes of the files that one person may keep.
    public var assetQuota: Int64 { settings.assetBytesPerAccount }

    /// An asset that somebody may give a file, and the bytes that its owner has room for.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.unknownAsset`, `.notRegistryOwner`.
    public func uploadRoom(
        for reference: RegistryReference, of world: RegistryReference, by actor: AccountID
    ) async throws -> (asset: WorldAsset, owner: AccountID, bytes: Int64) {
        let quota = settings.assetBytesPerAccount
        return try await read { reader in
            let world = try reader.ownWorld(world, of: actor)
            let asset = try reader.asset(reference, of: world.id)
            var used = try reader.storedBytes(of: world.ownerID)
            if case .stored(let blob) = asset.file { used -= blob.size }
            return (asset, world.ownerID, max(quota - used, 0))
        }
    }

    private func changeAsset(
        _ reference: RegistryReference, of world: RegistryReference, by actor: AccountID,
        _ change: @escaping @Sendable (inout WorldAsset, Transaction) throws -> Void
    ) async throws -> WorldAsset {
        try await write { tx in
            let world = try tx.ownWorld(world, of: actor)
            let present = try tx.asset(reference, of: world.id)
            var asset = present
            try change(&asset, tx)
            guard asset != present else { return present }
            asset.updatedAt = tx.now
            try tx.update(asset)
            _ = try tx.touch(world.id)
            return asset
        }
    }
}

extension Transaction {
    /// - Throws: `CommunityError.registryIDTaken`.
    fileprivate func requireFree(_ build: WorldAsset.Build, among others: [WorldAsset], except own: WorldAssetID?) throws {
        guard !others.contains(where: { $0.build == build && $0.id != own }) else { throw CommunityError.registryIDTaken }
    }
}
