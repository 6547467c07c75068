internal import Primitives
public import Storage

/// Shared mod profiles (contracts/gale.md 7). Anybody reads them; only the owner changes and removes one.
extension Community {
    /// Keeps a new profile. The event `profileCreated` is committed with it.
    ///
    /// - Parameters:
    ///   - archive: what has been uploaded for it.
    ///   - hasShortCode: whether its code is one that people can type.
    /// - Throws: `CommunityError.limitReached`, `.unknownAccount`; `BlobReferenceError.gone`.
    public func createProfile(
        _ manifest: ProfileManifest, archive: StoredBlob, by owner: AccountID, hasShortCode: Bool = false
    ) async throws -> Profile {
        let quota = settings.profilesPerAccount
        for _ in 1..<10 {
            let code = ProfileCode.random(isShort: hasShortCode)
            do {
                return try await write { tx in try tx.insertProfile(manifest, archive, by: owner, code, quota: quota) }
            } catch DatabaseError.uniqueViolation {
                // A code that somebody has, which happens to short ones.
                continue
            }
        }
        throw CommunityError.busy
    }

    /// Puts another archive in the place of a profile's. The event `profileUpdated` is committed with it.
    ///
    /// `updatedAt` rises whatever the clock does: whoever has the profile compares it with what they know.
    /// - Throws: `CommunityError.unknownProfile`, `.notProfileOwner`; `BlobReferenceError.gone`.
    public func updateProfile(
        _ code: ProfileCode, _ manifest: ProfileManifest, archive: StoredBlob, by account: AccountID
    ) async throws -> Profile {
        try await write { tx in
            var profile = try tx.ownProfile(code, of: account)
            // First the new one: it may be the old one.
            try tx.retain(archive)
            try tx.release(profile.archive)
            profile.manifest = manifest
            profile.archive = archive
            profile.updatedAt = max(tx.now, Timestamp(microseconds: profile.updatedAt.microseconds + 1))
            try tx.execute(
                """
                UPDATE profiles SET name = $1, community = $2, mods = $3, blob_id = $4, digest = $5, size = $6, updated_at = $7 WHERE id = $8
                """,
                [
                    .text(manifest.name), .optional(manifest.community), .text(manifest.modsText), .integer(archive.id),
                    .blob(archive.digest), .integer(archive.size), .integer(profile.updatedAt.microseconds), .integer(profile.id.rawValue),
                ])
            tx.append(.profileUpdated(profile))
            return profile
        }
    }

    /// Removes a profile. The event `profileDeleted` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownProfile`, `.notProfileOwner`.
    public func deleteProfile(_ code: ProfileCode, by account: AccountID) async throws {
        try await write { tx in
            let profile = try tx.ownProfile(code, of: account)
            try tx.release(profile.archive)
            try tx.execute("DELETE FROM profiles WHERE id = $1", [.integer(profile.id.rawValue)])
            tx.append(.profileDeleted(profile))
        }
    }

    /// - Throws: `CommunityError.unknownProfile`.
    public func profile(_ code: ProfileCode) async throws -> Profile {
        try await read { try $0.profile(code) }
    }

    /// A profile that this account may change.
    ///
    /// - Throws: `CommunityError.unknownProfile`, `.notProfileOwner`.
    public func profile(_ code: ProfileCode, ownedBy account: AccountID) async throws -> Profile {
        try await read { try $0.ownProfile(code, of: account) }
    }

    /// A profile without what its archive says of its mods, which may be much.
    ///
    /// - Throws: `CommunityError.unknownProfile`.
    public func profileSummary(_ code: ProfileCode) async throws -> ProfileSummary {
        try await read { try $0.profileSummary(code) }
    }

    /// The profiles of an account, those changed last first; 10 000 at most.
    public func profiles(of owner: AccountID) async throws -> [ProfileSummary] {
        try await scan { try $0.profiles(of: owner) }
    }

    /// Counts a download of a profile; of one that is gone, nothing.
    public func countDownload(of profile: ProfileID) async throws {
        _ = try await write { tx in
            try tx.execute("UPDATE profiles SET downloads = downloads + 1 WHERE id = $1", [.integer(profile.rawValue)])
        }
    }

    /// Somebody as the users of profiles see them.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    public func profileOwner(_ account: AccountID) async throws -> ProfileOwner {
        try await read { try $0.profileOwner(account) }
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownProfile`, `.notProfileOwner`.
    fileprivate func ownProfile(_ code: ProfileCode, of account: AccountID) throws -> Profile {
        let profile = try profile(code)
        guard profile.owner.id == account else { throw CommunityError.notProfileOwner }
        return profile
    }
}

extension Transaction {
    fileprivate func insertProfile(
        _ manifest: ProfileManifest, _ archive: StoredBlob, by owner: AccountID, _ code: ProfileCode, quota: Int
    ) throws -> Profile {
        let count = try first("SELECT COUNT(*) FROM profiles WHERE owner_id = $1", [.integer(owner.rawValue)]) { try $0.integer(0) } ?? 0
        guard count < quota else { throw CommunityError.limitReached(name: "profiles per account", limit: quota) }
        try retain(archive)
        let profile = Profile(
            id: ProfileID(nextID()), code: code, owner: try profileOwner(owner), manifest: manifest, archive: archive, downloads: 0,
            createdAt: now, updatedAt: now)
        try execute(
            """
            INSERT INTO profiles (id, code, owner_id, name, community, mods, blob_id, digest, size, downloads, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10)
            """,
            [
                .integer(profile.id.rawValue), .text(code.text), .integer(owner.rawValue), .text(manifest.name),
                .optional(manifest.community), .text(manifest.modsText), .integer(archive.id), .blob(archive.digest),
                .integer(archive.size), .integer(now.microseconds),
            ])
        append(.profileCreated(profile))
        return profile
    }
}
