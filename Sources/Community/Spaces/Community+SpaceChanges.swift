internal import Primitives
internal import Storage

extension Community {
    /// Changes a space. Needs MANAGE_GALAXY; handing it over is for the owner. The event `spaceUpdated` is committed with it, unless nothing changes.
    ///
    /// The former owner is a plain member afterwards.
    /// - Throws: `CommunityError.invalid`, also for a new owner who is no member; `.unknownSpace`, `.missingAccess`, `.missingPermission`, `.ownerOnly`.
    public func updateSpace(_ id: SpaceID, by account: AccountID, _ changes: SpaceChanges) async throws -> Space {
        try changes.check()
        return try await write { tx in
            let standing = try tx.standing(of: account, in: id, at: tx.now)
            try standing.require(.manageSpace)
            let present = standing.space
            var space = changes.applied(to: present)
            guard space != present else { return present }
            space.updatedAt = tx.now
            if space.ownerID == present.ownerID {
                try tx.update(space)
            } else {
                guard standing.subject.isOwner else { throw CommunityError.ownerOnly }
                try tx.handOver(space, from: account)
            }
            try tx.audit(.spaceUpdated, by: account, in: id, subject: id.rawValue)
            tx.append(.spaceUpdated(space))
            return space
        }
    }

    /// Removes a space with everything in it; messages are out of reach at once and removed a few at a time afterwards.
    ///
    /// The events are `channelDeleted` for each channel, `spaceDeleted`, and `removedFromSpace` for each member.
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess`, `.ownerOnly`, `.homeSpaceStays`, `.spaceSuspended`.
    public func deleteSpace(_ id: SpaceID, by account: AccountID) async throws {
        try await write { tx in
            let standing = try tx.standing(of: account, in: id, at: tx.now)
            try standing.requireMember()
            guard standing.subject.isOwner else { throw CommunityError.ownerOnly }
            guard !standing.space.isHome else { throw CommunityError.homeSpaceStays }
            try standing.flags.requireWritable()
            try tx.delete(standing.space, by: account)
        }
    }
}

extension SQLReader {
    /// All channels of a space, whoever sees them.
    func channels(of space: SpaceID) throws -> [Channel] {
        try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at FROM channels c WHERE c.space_id = $1 ORDER BY c.position, c.id
            """, [.integer(space.rawValue)]
        ) { try Channel($0) }
    }

    /// The accounts of all members.
    func accounts(in space: SpaceID) throws -> [Account] {
        try query(
            """
            SELECT a.id, a.username, a.display_name, a.avatar_url, a.bio, a.email, a.status, a.is_administrator, a.created_at, a.updated_at
            FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = $1 ORDER BY a.id
            """, [.integer(space.rawValue)]
        ) { try Account($0) }
    }
}

extension Transaction {
    fileprivate func update(_ space: Space) throws {
        try execute(
            "UPDATE spaces SET name = $1, description = $2, icon_url = $3, owner_id = $4, updated_at = $5 WHERE id = $6",
            [
                .text(space.name), .optional(space.description), .optional(space.iconURL), .optional(space.ownerID?.rawValue),
                .integer(space.updatedAt.microseconds), .integer(space.id.rawValue),
            ])
    }

    /// Gives the space to the owner it names, who has to be a member.
    fileprivate func handOver(_ space: Space, from former: AccountID) throws {
        guard let owner = space.ownerID, var member = try member(owner, of: space.id) else {
            throw CommunityError.invalid([
                InvalidField(name: "owner_id", code: "INVALID_MEMBER", message: "The new owner must be a member of the server.")
            ])
        }
        try followingVisibility(of: [former, owner], in: space.id) {
            // An owner needs no role, and shall be a plain member after handing over again.
            member.role = .member
            try setRole(of: member)
            try update(space)
        }
        try audit(.ownerChanged, by: former, in: space.id, subject: owner.rawValue)
    }

    /// Removes a space, and tells it.
    func delete(_ space: Space, by account: AccountID) throws {
        let id = space.id
        try audit(.spaceDeleted, by: account, in: id, subject: id.rawValue, details: space.name)
        // A galaxy keeps its id, and its metadata server hears of its end.
        guard try galaxyID(of: id) == String(id.rawValue) else { return try putAway(space) }
        let channels = try self.channels(of: id)
        try tellEnd(of: channels)
        for channel in channels { try deleteRows(of: channel) }
        append(.spaceDeleted(id))
        for member in try accounts(in: id) {
            append(.removedFromSpace(SpaceRemoval(spaceID: id, account: member, reason: .serverDeleted, memberCount: 0)))
        }
        try deleteRows(of: id)
    }

    func deleteRows(of space: SpaceID) throws {
        let id = [SQLValue.integer(space.rawValue)]
        try execute("DELETE FROM space_invites WHERE space_id = $1", id)
        try execute("DELETE FROM member_roles WHERE space_id = $1", id)
        try execute("DELETE FROM members WHERE space_id = $1", id)
        try execute("DELETE FROM roles WHERE space_id = $1", id)
        try execute("DELETE FROM spaces WHERE id = $1", id)
    }
}
