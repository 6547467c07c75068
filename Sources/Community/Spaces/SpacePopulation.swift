internal import Primitives
internal import Storage

/// All members of a space with their roles: whoever asks about each of ten thousand members asks the database once.
struct SpacePopulation {
    /// What everyone has in the whole space.
    let everyone: Permissions
    /// The members in the order of their ids.
    let members: [EffectivePermissions.Subject]

    /// Those who see an open channel with these rules.
    func viewers(of channel: ListedChannel, with rules: StoredRules) -> [AccountID] {
        var channel = channel
        channel.everyone = rules.everyone
        return members.filter {
            channel.permissions(of: $0, everyone: everyone, overrides: rules.overrides).contains(.viewChannel)
        }.map(\.accountID)
    }
}

extension Transaction {
    /// Who is in a space. Two statements; a row for each role of each member.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    func population(of space: SpaceID) throws -> SpacePopulation {
        let standing = try standing(of: AccountID(0), in: space, at: now)
        var members: [EffectivePermissions.Subject] = []
        try run(
            """
            SELECT m.account_id, m.timed_out_until, r.id, r.permissions
            FROM members m
            LEFT JOIN member_roles mr ON mr.space_id = m.space_id AND mr.account_id = m.account_id
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE m.space_id = $1 ORDER BY m.account_id
            """, [.integer(space.rawValue)]
        ) { row in
            let account = AccountID(try row.integer(0))
            if members.last?.accountID != account {
                members.append(
                    EffectivePermissions.Subject(
                        accountID: account, isOwner: standing.space.ownerID == account,
                        isTimedOut: try row.optionalInteger(1).map { $0 > now.microseconds } ?? false))
            }
            if let role = try EffectivePermissions.Role(row, at: 2) { members[members.endIndex - 1].roles.append(role) }
        }
        return SpacePopulation(everyone: standing.everyone, members: members)
    }
}
