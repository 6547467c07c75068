internal import Primitives
public import Storage

/// Pictures of people and worlds (contracts/reileta.md 2.3). Anybody may look at them.
extension Community {
    /// Gives somebody a picture. The event `accountUpdated` is committed with it.
    ///
    /// - Parameters:
    ///   - blob: what has been uploaded.
    ///   - address: where the picture is to be found from now on: a thumbnail is the account's picture for all APIs.
    /// - Throws: `CommunityError.unknownAccount`, `.missingTag`; `BlobReferenceError.gone`.
    public func setPicture(
        _ role: Picture.Role, of id: AccountID, _ blob: StoredBlob, address: @escaping @Sendable (Picture) -> String, by actor: AccountID
    ) async throws -> RegistryUser {
        try await changePicture(of: id, by: actor) { user, tx in
            let picture = try tx.replacePicture(role, of: id.rawValue, with: blob)
            if role == .thumbnail { user.account.avatarURL = address(picture) }
        }
    }

    /// Takes somebody's picture away. The event `accountUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.missingTag`, `.unknownPicture`.
    public func removePicture(_ role: Picture.Role, of id: AccountID, by actor: AccountID) async throws -> RegistryUser {
        try await changePicture(of: id, by: actor) { user, tx in
            // One that stands elsewhere is taken away as well.
            let isElsewhere = role == .thumbnail && user.account.avatarURL != nil
            guard try tx.removePicture(role, of: id.rawValue) || isElsewhere else { throw CommunityError.unknownPicture }
            if role == .thumbnail { user.account.avatarURL = nil }
        }
    }

    /// Whether somebody may change the pictures of somebody, before anything is uploaded.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.missingTag`.
    public func authorizePicture(of id: AccountID, by actor: AccountID) async throws {
        try await read { try $0.authorizePicture(of: id, by: actor) }
    }

    private func changePicture(
        of id: AccountID, by actor: AccountID, _ change: @escaping @Sendable (inout RegistryUser, Transaction) throws -> Void
    ) async throws -> RegistryUser {
        try await write { tx in
            try tx.authorizePicture(of: id, by: actor)
            var user = try tx.registryUser(id)
            try change(&user, tx)
            user.account.updatedAt = tx.now
            try tx.update(user.account)
            tx.append(.accountUpdated(user.account))
            return try tx.registryUser(id)
        }
    }

    /// Gives a world a picture. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.notRegistryOwner`; `BlobReferenceError.gone`.
    public func setThumbnail(of reference: RegistryReference, _ blob: StoredBlob, by actor: AccountID) async throws -> World {
        try await write { tx in
            let world = try tx.ownWorld(reference, of: actor)
            _ = try tx.replacePicture(.thumbnail, of: world.id.rawValue, with: blob)
            return try tx.touch(world.id)
        }
    }

    /// Takes the picture of a world away. The event `worldUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownWorld`, `.notRegistryOwner`, `.unknownPicture`.
    public func removeThumbnail(of reference: RegistryReference, by actor: AccountID) async throws {
        try await write { tx in
            let world = try tx.ownWorld(reference, of: actor)
            guard try tx.removePicture(.thumbnail, of: world.id.rawValue) else { throw CommunityError.unknownPicture }
            _ = try tx.touch(world.id)
        }
    }
}

extension SQLReader {
    fileprivate func authorizePicture(of id: AccountID, by actor: AccountID) throws {
        guard try id == actor || registryUser(actor).account.isAdministrator else {
            throw CommunityError.missingTag(AccountTag.admin)
        }
        _ = try registryUser(id)
    }
}

extension Transaction {
    fileprivate func replacePicture(_ role: Picture.Role, of subject: Int64, with blob: StoredBlob) throws -> Picture {
        // First the new one: it may be the old one.
        try retain(blob)
        try removePicture(role, of: subject)
        let picture = Picture(blob: blob, updatedAt: now)
        try execute(
            "INSERT INTO pictures (subject_id, role, blob_id, digest, size, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .integer(subject), .integer(role.rawValue), .integer(blob.id), .blob(blob.digest), .integer(blob.size),
                .integer(now.microseconds),
            ])
        return picture
    }

    /// - Returns: whether there was one.
    @discardableResult
    func removePicture(_ role: Picture.Role, of subject: Int64) throws -> Bool {
        let known = try first(
            "SELECT blob_id, digest, size, updated_at FROM pictures WHERE subject_id = $1 AND role = $2",
            [.integer(subject), .integer(role.rawValue)]
        ) { try Picture($0, at: 0) }
        guard let picture = known ?? nil else { return false }
        try release(picture.blob)
        try execute(
            "DELETE FROM pictures WHERE subject_id = $1 AND role = $2", [.integer(subject), .integer(role.rawValue)])
        return true
    }
}
