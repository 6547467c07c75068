internal import Primitives
internal import Storage

extension Transaction {
    /// Removes what is known of a person: its memberships, logins, names and links to other servers. What it has said stays, under a name that says
    /// nothing. The events are those of leaving, and `accountUpdated`.
    func forget(_ account: AccountID) throws {
        try endMemberships(of: account)
        try leaveInstances(account)
        try endAllSessions(of: account)
        try execute(
            """
            UPDATE accounts SET username = $1, username_key = $1, display_name = NULL, avatar_url = NULL, bio = NULL, email = NULL,
                email_key = NULL, password_hash = NULL, is_administrator = 0, tags = '', home = NULL, updated_at = $2, deleted_at = $2
            WHERE id = $3
            """,
            [.text(try freeUsername(from: "deleted-\(account.rawValue)")), .integer(now.microseconds), .integer(account.rawValue)])
        try execute("DELETE FROM linked_identities WHERE account_id = $1", [.integer(account.rawValue)])
        try execute("DELETE FROM follows WHERE follower_id = $1 OR followee_id = $1", [.integer(account.rawValue)])
        for role in [Picture.Role.thumbnail, .banner] { try removePicture(role, of: account.rawValue) }
        try audit(.accountForgotten, by: account, subject: account.rawValue)
        append(.accountUpdated(try self.account(account)))
    }

    /// Lets no space of a person be without an owner: the member who has been there for longest gets it, and one that nobody else is in goes.
    func releaseSpaces(of account: AccountID) throws {
        let owned = try query(
            "SELECT id FROM spaces WHERE owner_id = $1 AND is_home = 0 AND deleted_at IS NULL", [.integer(account.rawValue)]
        ) { SpaceID(try $0.integer(0)) }
        for id in owned {
            let space = try self.space(id)
            let successor = try first(
                "SELECT account_id FROM members WHERE space_id = $1 AND account_id <> $2 ORDER BY joined_at, account_id LIMIT 1",
                [.integer(id.rawValue), .integer(account.rawValue)]
            ) { AccountID(try $0.integer(0)) }
            if let successor { try handOver(space, to: successor) } else { try delete(space, by: account) }
        }
    }

    /// Removes the worlds, services and instances of a person, with their events.
    func removeRegistryObjects(of account: AccountID) throws {
        let owner = SQLValue.integer(account.rawValue)
        for id in try query("SELECT id FROM instances WHERE owner_id = $1", [owner], { InstanceID(try $0.integer(0)) }) {
            if let instance = try instance(id) { try remove(instance) }
        }
        for id in try query("SELECT id FROM worlds WHERE owner_id = $1", [owner], { WorldID(try $0.integer(0)) }) {
            if let world = try world(id) { try remove(world) }
        }
        for id in try query("SELECT id FROM services WHERE owner_id = $1", [owner], { RegistryServiceID(try $0.integer(0)) }) {
            if let service = try service(id) { try remove(service) }
        }
    }
}
