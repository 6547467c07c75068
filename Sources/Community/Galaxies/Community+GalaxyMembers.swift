internal import Primitives
internal import Storage

/// A member of a galaxy.
public struct GalaxyMember: Sendable, Equatable {
    /// The member.
    public var member: Member
    /// How Cosmos knows it.
    public var userID: String
    /// Its roles, without everyone.
    public var roles: [RoleID]
}

extension Community {
    /// Makes somebody a member whom the metadata server names, and whom this server may never have heard of. Whoever is one already stays so.
    ///
    /// - Returns: whether it is one since now.
    /// - Throws: `CommunityError.unknownSpace`, `.limitReached` (100 spaces per account), `.spaceSuspended` never: who is a member is decided
    ///   elsewhere.
    @discardableResult
    public func addGalaxyMember(_ userID: String, to id: String, by origin: String) async throws -> Bool {
        try await write { tx in
            let galaxy = try tx.galaxy(id, of: origin)
            let account = try tx.admit(userID: userID)
            guard try !tx.isMember(account, of: galaxy.space.id) else { return false }
            try tx.requireRoomForSpace(of: account)
            try tx.addMember(account, to: galaxy.space.id)
            return true
        }
    }

    /// Ends a membership: the metadata server anybody's but the owner's, a person the own.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownMember`, `.ownerCannotLeave`, `.missingPermission` for somebody else's.
    public func removeGalaxyMember(_ userID: String, from id: String, by actor: Actor) async throws {
        try await write { tx in
            let space: Space
            switch actor {
            case .metadataServer(let origin): space = try tx.galaxy(id, of: origin).space
            case .account(let account):
                let spaceID = try tx.spaceID(galaxy: id)
                let standing = try tx.standing(of: account, in: spaceID, at: tx.now)
                guard standing.subject.isMember else { throw CommunityError.missingPermission([]) }
                guard try tx.account(userID: userID) == account else { throw CommunityError.missingPermission(.kickMembers) }
                space = standing.space
            }
            guard let account = try tx.account(userID: userID), let member = try tx.member(account, of: space.id) else {
                throw CommunityError.unknownMember
            }
            guard member.role != .owner else { throw CommunityError.ownerCannotLeave }
            try tx.remove(member, from: space, reason: actor == .account(account) ? .left : .kicked)
        }
    }

    /// Whether somebody is a member of a galaxy, also of one that is suspended.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    public func isMember(_ account: AccountID, ofGalaxy id: String) async throws -> Bool {
        try await read { try $0.isMember(account, of: try $0.spaceID(galaxy: id)) }
    }

    /// A page of the members of a galaxy, by the numbers of their accounts.
    ///
    /// - Parameters:
    ///   - after: the last member of the page before, as Cosmos knows it; nil: from the first one.
    ///   - limit: 1 to 1000; more is treated as 1000.
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess`, `.unknownAccount` for an `after` that is nobody.
    public func galaxyMembers(of id: String, for viewer: GalaxyViewer, after: String?, limit: Int) async throws -> [GalaxyMember] {
        let now = clock()
        return try await scan { reader in
            let space = try reader.spaceID(galaxy: id)
            switch viewer {
            case .metadataServer(let origin): guard try reader.galaxy(space).source == origin else { throw CommunityError.missingAccess }
            case .system: break
            case .stranger: throw CommunityError.missingAccess
            case .account(let account): try reader.standing(of: account, in: space, at: now).requireMember()
            }
            let start = try after.map { id in
                guard let account = try reader.account(userID: id) else { throw CommunityError.unknownAccount }
                return account
            }
            let page = min(max(limit, Limits.memberPage.lowerBound), Limits.memberPage.upperBound)
            let members = try reader.members(of: space, after: start, limit: page)
            guard let last = members.last?.account.id else { return [] }
            let people = try reader.people(in: space, after: start, through: last)
            let roles = try reader.roles(in: space, after: start, through: last)
            return members.map { member in
                let id = member.account.id
                return GalaxyMember(member: member, userID: people[id] ?? String(id.rawValue), roles: roles[id] ?? [])
            }
        }
    }
}

extension SQLReader {
    /// How Cosmos knows the members of a page, but for those whom it knows by their numbers.
    fileprivate func people(in space: SpaceID, after: AccountID?, through last: AccountID) throws -> [AccountID: String] {
        var people: [AccountID: String] = [:]
        try run(
            """
            SELECT m.account_id, l.subject FROM members m JOIN linked_identities l ON l.account_id = m.account_id AND l.provider = $4
            WHERE m.space_id = $1 AND m.account_id > $2 AND m.account_id <= $3
            """,
            [
                .integer(space.rawValue), .integer(after?.rawValue ?? 0), .integer(last.rawValue), .text(IdentityProvider.cosmos),
            ]
        ) { people[AccountID(try $0.integer(0))] = try $0.text(1) }
        return people
    }

    /// The roles of the members of a page, without everyone.
    fileprivate func roles(in space: SpaceID, after: AccountID?, through last: AccountID) throws -> [AccountID: [RoleID]] {
        var roles: [AccountID: [RoleID]] = [:]
        try run(
            """
            SELECT account_id, role_id FROM member_roles WHERE space_id = $1 AND account_id > $2 AND account_id <= $3 ORDER BY role_id
            """, [.integer(space.rawValue), .integer(after?.rawValue ?? 0), .integer(last.rawValue)]
        ) { roles[AccountID(try $0.integer(0)), default: []].append(RoleID(try $0.integer(1))) }
        return roles
    }

    func roles(of account: AccountID, in space: SpaceID) throws -> [RoleID] {
        try query(
            "SELECT role_id FROM member_roles WHERE space_id = $1 AND account_id = $2 ORDER BY role_id",
            [.integer(space.rawValue), .integer(account.rawValue)]
        ) { RoleID(try $0.integer(0)) }
    }
}
