internal import Primitives
internal import Storage

/// What a metadata server tells of its galaxies (contracts/cosmos.md 9.7). It speaks of those only that it has made.
extension Community {
    /// Changes a galaxy. The event `spaceUpdated` is committed with it, unless nothing changes.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.invalid`.
    public func updateGalaxy(_ id: String, by origin: String, _ changes: GalaxyChanges) async throws {
        try SpaceChanges(name: changes.name, description: changes.description).check()
        try await write { tx in
            let present = try tx.galaxy(id, of: origin)
            var galaxy = present
            if let name = changes.name { galaxy.space.name = name.trimmed }
            galaxy.space.description = changes.description.emptyAsNone.applied(to: galaxy.space.description)
            galaxy.iconHash = changes.iconHash.applied(to: galaxy.iconHash)
            galaxy.flags.publicBits = changes.publicBits ?? galaxy.flags.publicBits
            galaxy.flags.privateBits = changes.privateBits ?? galaxy.flags.privateBits
            guard galaxy != present else { return }
            galaxy.space.updatedAt = tx.now
            try tx.update(galaxy)
            try tx.audit(.galaxyChanged, by: AccountID(0), in: galaxy.space.id, subject: galaxy.space.id.rawValue, details: origin)
            tx.append(.spaceUpdated(galaxy.space))
        }
    }

    /// Gives a galaxy to another operator, who becomes a member of it. The events are those of a changed space.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.notOperator`.
    public func transferGalaxy(_ id: String, by origin: String, to userID: String) async throws {
        let operators = settings.operators
        try await write { tx in
            let galaxy = try tx.galaxy(id, of: origin)
            guard try tx.isOperator(userID, configured: operators) else { throw CommunityError.notOperator }
            let owner = try tx.admit(userID: userID)
            if try !tx.isMember(owner, of: galaxy.space.id) { try tx.addMember(owner, to: galaxy.space.id) }
            guard owner != galaxy.space.ownerID else { return }
            try tx.handOver(galaxy.space, to: owner)
            try tx.audit(.ownerChanged, by: AccountID(0), in: galaxy.space.id, subject: owner.rawValue, details: origin)
        }
    }

    /// Puts a galaxy out of everybody's reach. What belongs to it is removed after thirty days.
    ///
    /// The events are those of a deleted space: `channelHidden` and `channelDeleted` for what was seen, `spaceDeleted`, and `removedFromSpace`
    /// for each member.
    /// - Throws: `CommunityError.unknownSpace`.
    public func deleteGalaxy(_ id: String, by origin: String) async throws {
        try await write { tx in
            let galaxy = try tx.galaxy(id, of: origin)
            try tx.putAway(galaxy.space)
            try tx.audit(.galaxyDeleted, by: AccountID(0), in: galaxy.space.id, subject: galaxy.space.id.rawValue, details: origin)
        }
    }

    /// Removes for good what belonged to galaxies that were deleted thirty days ago: one of them at a time.
    ///
    /// - Returns: whether there may be more.
    public func removeDeletedGalaxies() async throws -> Bool {
        try await write { tx in
            let before = tx.now.adding(seconds: -Limits.deletedGalaxySeconds)
            let over = try tx.first(
                "SELECT id FROM spaces WHERE deleted_at IS NOT NULL AND deleted_at <= $1 ORDER BY id LIMIT 1",
                [.integer(before.microseconds)]
            ) { SpaceID(try $0.integer(0)) }
            guard let over else { return false }
            for channel in try tx.channels(of: over) { try tx.deleteRows(of: channel) }
            try tx.execute("DELETE FROM put_away_members WHERE space_id = $1", [.integer(over.rawValue)])
            try tx.deleteRows(of: over)
            return true
        }
    }
}

extension SQLReader {
    /// A galaxy that this server has made; others' are none of its business.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    func galaxy(_ id: String, of origin: String) throws -> Galaxy {
        let galaxy = try galaxy(try spaceID(galaxy: id))
        guard galaxy.source == origin else { throw CommunityError.unknownSpace }
        return galaxy
    }
}

extension Transaction {
    /// Takes a space away from all its members and keeps what is in it.
    func putAway(_ space: Space) throws {
        let id = SQLValue.integer(space.id.rawValue)
        try tellEnd(of: try channels(of: space.id))
        append(.spaceDeleted(space.id))
        for member in try accounts(in: space.id) {
            append(.removedFromSpace(SpaceRemoval(spaceID: space.id, account: member, reason: .serverDeleted, memberCount: 0)))
        }
        try execute(
            """
            INSERT INTO put_away_members (space_id, account_id, nickname, joined_at, timed_out_until, is_owner)
            SELECT m.space_id, m.account_id, m.nickname, m.joined_at, m.timed_out_until, CASE WHEN s.owner_id = m.account_id THEN 1 ELSE 0 END
            FROM members m JOIN spaces s ON s.id = m.space_id WHERE m.space_id = $1
            """, [id])
        try execute("DELETE FROM space_invites WHERE space_id = $1", [id])
        try execute("DELETE FROM member_roles WHERE space_id = $1", [id])
        try execute("DELETE FROM members WHERE space_id = $1", [id])
        try execute(
            "UPDATE spaces SET deleted_at = $1, owner_id = NULL, member_count = 0 WHERE id = $2", [.integer(now.microseconds), id])
    }

    /// Gives a space to another of its members.
    func handOver(_ space: Space, to owner: AccountID) throws {
        guard var member = try member(owner, of: space.id) else { throw CommunityError.unknownMember }
        try followingVisibility(of: [space.ownerID, owner].compactMap { $0 }, in: space.id) {
            member.role = .member
            try setRole(of: member)
            try execute(
                "UPDATE spaces SET owner_id = $1, updated_at = $2 WHERE id = $3",
                [.integer(owner.rawValue), .integer(now.microseconds), .integer(space.id.rawValue)])
        }
        append(.spaceUpdated(try self.space(space.id)))
    }
}
