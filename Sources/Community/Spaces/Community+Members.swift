internal import Primitives
internal import Storage

extension Community {
    /// A page of the members of a space, by account id.
    ///
    /// - Parameters:
    ///   - after: the last account of the page before; nil: from the first one.
    ///   - limit: 1 to 1000; more is treated as 1000.
    /// - Throws: `CommunityError.invalid` for a limit below 1, `.unknownSpace`, `.missingAccess`.
    public func members(of space: SpaceID, for account: AccountID, after: AccountID?, limit: Int) async throws -> [Member] {
        var checks = FieldChecks()
        let limit = min(limit, Limits.memberPage.upperBound)
        checks.number(limit, in: Limits.memberPage, "limit")
        try checks.finish()
        let now = clock()
        return try await scan { reader in
            try reader.standing(of: account, in: space, at: now).requireMember()
            return try reader.members(of: space, after: after, limit: limit)
        }
    }

    /// Makes somebody a member who did not ask. Needs MANAGE_GALAXY. The event `memberAdded` is committed with it.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess`, `.missingPermission`, `.unknownAccount`, `.alreadyMember`,
    ///   `.limitReached` (100 spaces per account).
    public func addMember(_ who: MemberName, to space: SpaceID, by account: AccountID) async throws -> Member {
        try await write { tx in
            try tx.standing(of: account, in: space, at: tx.now).require(.manageSpace)
            let added = try tx.account(who)
            guard try !tx.isMember(added, of: space) else { throw CommunityError.alreadyMember }
            try tx.requireRoomForSpace(of: added)
            try tx.addMember(added, to: space)
            try tx.audit(.memberAdded, by: account, in: space, subject: added.rawValue)
            guard let member = try tx.member(added, of: space) else { throw CommunityError.unknownMember }
            return member
        }
    }

    /// Gives a member another role or nickname. The event `memberUpdated` is committed with it, unless nothing changes.
    ///
    /// Roles are given by the owner. A nickname of one's own needs CHANGE_NICKNAME; that of somebody else needs MANAGE_NICKNAMES, and only the
    /// owner changes those of admins.
    /// - Throws: `CommunityError.invalid`, `.unknownSpace`, `.missingAccess`, `.unknownMember`, `.ownerOnly`, `.missingPermission`.
    public func updateMember(
        _ id: AccountID, of space: SpaceID, by account: AccountID, role: MemberRole?, nickname: Change<String>
    ) async throws -> Member {
        var checks = FieldChecks()
        let nickname = nickname.emptyAsNone
        checks.line(nickname.newValue, in: Limits.nickname, "nickname")
        if role == .owner {
            checks.refuse("role", code: "BASE_TYPE_CHOICES", "Must be admin or member; owner_id of the server hands it over.")
        }
        try checks.finish()
        return try await write { tx in
            let standing = try tx.standing(of: account, in: space, at: tx.now)
            try standing.requireMember()
            guard let present = try tx.member(id, of: space) else { throw CommunityError.unknownMember }
            var member = present
            member.nickname = nickname.applied(to: present.nickname)
            if let role {
                guard standing.subject.isOwner, present.role != .owner else { throw CommunityError.ownerOnly }
                member.role = role
            }
            if nickname != .keep { try standing.requireNicknames(of: present) }
            guard member != present else { return present }
            try standing.flags.requireWritable()
            try tx.update(member, from: present, by: account)
            tx.append(.memberUpdated(member))
            return member
        }
    }

    /// Leaves a space, or removes somebody from it, which needs KICK_MEMBERS. Only the owner removes admins, nobody the owner.
    ///
    /// In the home space the member leaves all channels as well. The events `removedFromSpace` and `memberRemoved` are committed with it.
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess`, `.unknownMember`, `.missingPermission`, `.ownerCannotLeave`.
    public func removeMember(_ id: AccountID, from space: SpaceID, by account: AccountID) async throws {
        try await write { tx in
            let standing = try tx.standing(of: account, in: space, at: tx.now)
            try standing.requireMember()
            guard let member = try tx.member(id, of: space) else { throw CommunityError.unknownMember }
            if id == account {
                guard member.role != .owner else { throw CommunityError.ownerCannotLeave }
            } else {
                try standing.require(.kickMembers)
                try standing.requireRank(above: member, for: .kickMembers)
                try tx.audit(.memberKicked, by: account, in: space, subject: id.rawValue)
            }
            try tx.remove(member, from: standing.space, reason: id == account ? .left : .kicked)
        }
    }
}

/// How somebody who is to become a member is named.
public enum MemberName: Sendable, Equatable {
    /// By the id.
    case account(AccountID)
    /// By the username, ignoring case.
    case username(String)
}

extension SpaceStanding {
    /// - Throws: `CommunityError.missingPermission` for what would be done to the owner, or to an admin by somebody else than the owner.
    fileprivate func requireRank(above member: Member, for permission: Permissions) throws(CommunityError) {
        guard member.role == .member || member.role == .admin && subject.isOwner else { throw .missingPermission(permission) }
    }

    fileprivate func requireNicknames(of member: Member) throws(CommunityError) {
        if member.account.id == subject.accountID { return try require(.changeNickname) }
        try require(.manageNicknames)
        try requireRank(above: member, for: .manageNicknames)
    }
}
