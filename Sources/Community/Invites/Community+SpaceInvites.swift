internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Makes an invite to a space. Needs CREATE_INVITE there.
    ///
    /// - Parameters:
    ///   - maximumAge: seconds it is good for, at most one year; 0: for ever.
    ///   - maximumUses: how often it is good, at most 1 000 000 times; 0: without limit.
    /// - Throws: `CommunityError.invalid`, `.unknownSpace`, `.missingAccess`, `.missingPermission`, `.limitReached` (1000 good invites per
    ///   space, 100 of them by one member).
    public func createInvite(space: SpaceID, by account: AccountID, maximumAge: Int, maximumUses: Int) async throws -> SpaceInvite {
        let draft = try InviteDraft(maximumAge: maximumAge, maximumUses: maximumUses)
        // 80 random bits, without letters that look like digits.
        let code = CrockfordBase32.encode(SecureRandom.bytes(10)).lowercased()
        return try await write { tx in
            try tx.standing(of: account, in: space, at: tx.now).require(.createInvite)
            try tx.requireRoomForInvite(in: space, by: account)
            let invite = SpaceInvite(
                code: code, spaceID: space, inviterID: account, maximumUses: draft.maximumUses,
                expiresAt: draft.maximumAge == 0 ? nil : tx.now.adding(seconds: Int64(draft.maximumAge)), createdAt: tx.now)
            try tx.insert(invite)
            return invite
        }
    }

    /// What an invite leads to. Whoever knows the code may look.
    ///
    /// - Throws: `CommunityError.unknownInvite`, also for one that is used up or expired.
    public func invite(_ code: String) async throws -> (SpaceInvite, Space) {
        let now = clock()
        return try await read { reader in
            let invite = try reader.invite(code, at: now)
            return (invite, try reader.space(invite.spaceID))
        }
    }

    /// Joins a space by an invite. The event `memberAdded` is committed with it.
    ///
    /// - Returns: the space as the new member sees it.
    /// - Throws: `CommunityError.unknownInvite`, `.alreadyMember` (the invite stays as it was), `.limitReached` (100 spaces per account).
    public func acceptInvite(_ code: String, by account: AccountID) async throws -> SpaceDetail {
        try await write { tx in
            let invite = try tx.invite(code, at: tx.now)
            _ = try tx.account(account)
            guard try !tx.isMember(account, of: invite.spaceID) else { throw CommunityError.alreadyMember }
            try tx.standing(of: account, in: invite.spaceID, at: tx.now).flags.requireWritable()
            try tx.requireRoomForSpace(of: account)
            // Of two people who use the last one at once, the second is refused, on this node or another.
            let used = try tx.execute(
                "UPDATE space_invites SET uses = uses + 1 WHERE code = $1 AND (maximum_uses = 0 OR uses < maximum_uses)", [.text(code)])
            guard used == 1 else { throw CommunityError.unknownInvite }
            return try tx.addMember(account, to: invite.spaceID)
        }
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownInvite`, also for one that is used up or expired.
    fileprivate func invite(_ code: String, at now: Timestamp) throws -> SpaceInvite {
        guard code.isStorable else { throw CommunityError.unknownInvite }
        let invite = try first(
            "SELECT code, space_id, inviter_id, uses, maximum_uses, expires_at, created_at FROM space_invites WHERE code = $1",
            [.text(code)]
        ) { row in
            SpaceInvite(
                code: try row.text(0), spaceID: SpaceID(try row.integer(1)), inviterID: AccountID(try row.integer(2)),
                uses: Int(try row.integer(3)), maximumUses: Int(try row.integer(4)),
                expiresAt: try row.optionalInteger(5).map { Timestamp(microseconds: $0) },
                createdAt: Timestamp(microseconds: try row.integer(6)))
        }
        guard let invite, invite.isGood(at: now) else { throw CommunityError.unknownInvite }
        return invite
    }
}

extension Transaction {
    /// Forgets the space's invites that are no good any more, and counts the others.
    ///
    /// - Throws: `CommunityError.limitReached`.
    fileprivate func requireRoomForInvite(in space: SpaceID, by member: AccountID) throws {
        try execute(
            """
            DELETE FROM space_invites WHERE space_id = $1 AND (expires_at <= $2 OR (maximum_uses > 0 AND uses >= maximum_uses))
            """, [.integer(space.rawValue), .integer(now.microseconds)])
        let makers = try query("SELECT inviter_id FROM space_invites WHERE space_id = $1", [.integer(space.rawValue)]) {
            try $0.integer(0)
        }
        guard makers.count < Limits.invitesPerSpace else {
            throw CommunityError.limitReached(name: "invites per space", limit: Limits.invitesPerSpace)
        }
        guard makers.count(where: { $0 == member.rawValue }) < Limits.invitesPerMember else {
            throw CommunityError.limitReached(name: "invites per member and space", limit: Limits.invitesPerMember)
        }
    }

    fileprivate func insert(_ invite: SpaceInvite) throws {
        try execute(
            """
            INSERT INTO space_invites (code, space_id, inviter_id, uses, maximum_uses, expires_at, created_at) VALUES ($1, $2, $3, 0, $4, $5, $6)
            """,
            [
                .text(invite.code), .integer(invite.spaceID.rawValue), .integer(invite.inviterID.rawValue),
                .integer(Int64(invite.maximumUses)), .optional(invite.expiresAt?.microseconds), .integer(invite.createdAt.microseconds),
            ])
    }
}
