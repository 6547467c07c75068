internal import Primitives
internal import Storage

/// A space and what one account is in it: everything that a permission check in the whole space needs.
struct SpaceStanding {
    var space: Space
    /// What the role everyone grants.
    var everyone: Permissions
    var subject: EffectivePermissions.Subject
    /// What the metadata server has said of the space.
    var flags = SpaceFlags()

    var permissions: Permissions {
        EffectivePermissions.resolve(for: subject, in: space.id, everyone: everyone)
    }

    /// - Throws: `CommunityError.missingAccess` for strangers.
    func requireMember() throws(CommunityError) {
        guard subject.isMember else { throw .missingAccess }
    }

    /// - Parameter isReading: whether nothing is changed: also a suspended space may be looked at.
    /// - Throws: `CommunityError.missingAccess` for strangers, `.missingPermission` for members, `.spaceSuspended`.
    func require(_ needed: Permissions, isReading: Bool = false) throws(CommunityError) {
        try requireMember()
        let missing = needed.subtracting(permissions)
        guard missing.isEmpty else { throw .missingPermission(missing) }
        if !isReading { try flags.requireWritable() }
    }
}

extension SQLReader {
    /// One statement; a row for each role of the account.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    func standing(of account: AccountID, in space: SpaceID, at now: Timestamp) throws -> SpaceStanding {
        var standing: SpaceStanding?
        try run(
            """
            SELECT s.id, s.name, s.description, s.icon_url, s.owner_id, s.member_count, s.is_home, s.created_at, s.updated_at,
                e.permissions, m.account_id, m.timed_out_until, r.id, r.permissions, s.public_flags, s.private_flags
            FROM spaces s
            LEFT JOIN roles e ON e.id = s.id
            LEFT JOIN members m ON m.space_id = s.id AND m.account_id = $2
            LEFT JOIN member_roles mr ON mr.space_id = s.id AND mr.account_id = $2
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE s.id = $1 AND s.deleted_at IS NULL
            """, [.integer(space.rawValue), .integer(account.rawValue)]
        ) { row in
            if standing == nil {
                let space = try Space(row)
                standing = SpaceStanding(
                    space: space, everyone: Permissions(rawValue: try row.optionalInteger(9) ?? 0),
                    subject: EffectivePermissions.Subject(
                        accountID: account, isOwner: space.ownerID == account, isMember: try row.optionalInteger(10) != nil,
                        isTimedOut: try row.optionalInteger(11).map { $0 > now.microseconds } ?? false),
                    flags: SpaceFlags(publicBits: try row.integer(14), privateBits: try row.integer(15)))
            }
            if let role = try EffectivePermissions.Role(row, at: 12) { standing?.subject.roles.append(role) }
        }
        guard let standing else { throw CommunityError.unknownSpace }
        return standing
    }
}

extension EffectivePermissions.Role {
    /// From the two columns id and permissions of a role that need not be there.
    init?(_ row: Row, at first: Int) throws(DatabaseError) {
        guard let id = try row.optionalInteger(first) else { return nil }
        self.init(id: RoleID(id), permissions: Permissions(rawValue: try row.integer(first + 1)))
    }
}
