internal import Primitives
internal import Storage

/// Moderating an instance (contracts/reileta.md 5.3, "moderate"): who may do it to whom, and what is kept of it.
extension Community {
    /// How somebody stands at the door of an instance.
    public func standing(of account: AccountID, in instance: InstanceID) async throws -> EntryStanding {
        try await read { reader in
            EntryStanding(
                isBanned: try reader.isSanctioned(account, .ban, in: instance),
                isMuted: try reader.isSanctioned(account, .mute, in: instance),
                candidate: try reader.candidate(account, in: instance))
        }
    }

    /// Whom a sanction is about, by the id on the wire that the player had when it happened; nil when nothing is known of it.
    public func sanctioned(player: String, in instance: InstanceID) async throws -> AccountID? {
        guard player.isStorable else { return nil }
        return try await read { reader in
            try reader.first(
                "SELECT account_id FROM instance_sanctions WHERE instance_id = $1 AND player = $2 LIMIT 1",
                [.integer(instance.rawValue), .text(player)]
            ) { AccountID(try $0.integer(0)) }
        }
    }

    /// Checks that somebody may moderate somebody else in an instance.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.unknownAccount`, `.notRegistryOwner`.
    public func requireModerator(_ actor: AccountID, of account: AccountID, in id: InstanceID) async throws {
        _ = try await read { try $0.requireModerator(actor, of: account, in: id) }
    }

    /// Bans or mutes somebody in an instance. Who is banned is no candidate any more. A sanction that is there stays as it is.
    ///
    /// - Parameter player: the id on the wire that the person has inside, if any: the sanction can be taken back by it.
    /// - Throws: `CommunityError.unknownInstance`, `.unknownAccount`, `.notRegistryOwner`, `.limitReached`.
    public func impose(
        _ sanction: Sanction, on account: AccountID, player: String?, in id: InstanceID, by actor: AccountID
    ) async throws {
        try await write { tx in
            let instance = try tx.requireModerator(actor, of: account, in: id)
            let count = try tx.first("SELECT COUNT(*) FROM instance_sanctions WHERE instance_id = $1", [.integer(id.rawValue)]) {
                try $0.integer(0)
            }
            guard count ?? 0 < Limits.sanctionsPerInstance else {
                throw CommunityError.limitReached(name: "people banned or muted in one instance", limit: Int(Limits.sanctionsPerInstance))
            }
            try tx.execute(
                """
                INSERT INTO instance_sanctions (instance_id, account_id, kind, player, moderator_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """,
                [
                    .integer(id.rawValue), .integer(account.rawValue), .integer(sanction.rawValue), .optional(player),
                    .integer(actor.rawValue), .integer(tx.now.microseconds),
                ])
            if sanction == .ban, let candidate = try tx.candidate(account, in: id) { try tx.remove(candidate, of: instance) }
        }
    }

    /// Takes a sanction back. One that is not there is as good as taken back.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.unknownAccount`, `.notRegistryOwner`.
    public func lift(_ sanction: Sanction, from account: AccountID, in id: InstanceID, by actor: AccountID) async throws {
        try await write { tx in
            _ = try tx.requireModerator(actor, of: account, in: id)
            try tx.execute(
                "DELETE FROM instance_sanctions WHERE instance_id = $1 AND account_id = $2 AND kind = $3",
                [.integer(id.rawValue), .integer(account.rawValue), .integer(sanction.rawValue)])
        }
    }
}

extension SQLReader {
    fileprivate func requireModerator(_ actor: AccountID, of account: AccountID, in id: InstanceID) throws -> Instance {
        guard let instance = try instance(id) else { throw CommunityError.unknownInstance }
        let role = instance.role(of: try registryUser(actor).account)
        guard role.mayModerate(instance.role(of: try registryUser(account).account)) else { throw CommunityError.notRegistryOwner }
        return instance
    }
}
