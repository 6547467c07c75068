import Community
import Storage
import StorageTesting

/// Channels of the home space, and what has become of their invites.
extension TestWorld {
    /// A channel of the home space.
    func homeChannel(by owner: AccountID, name: String = "perch", isPublic: Bool = true) async throws -> ChannelID {
        try await community.createHomeChannel(by: owner, name: name, isPublic: isPublic).channel.id
    }

    /// Lets somebody join by an invite, a second after whatever was before.
    func bring(_ username: String, to channel: ChannelID, by sender: AccountID, with permissions: Permissions = .joinedChannel) async throws
        -> AccountID
    {
        clock.advance(seconds: 1)
        let invite = try await community.inviteToChannel(channel, by: sender, username: username, permissions: permissions)
        try await community.joinChannel(channel, by: invite.recipient.id, invite: invite.id)
        return invite.recipient.id
    }

    /// The status of an invite as the database has it, nil when it is forgotten.
    func status(of invite: ChannelInviteID) async throws -> Int64? {
        try await database.read { reader in
            try reader.first("SELECT status FROM channel_invites WHERE id = $1", [.integer(invite.rawValue)]) { try $0.integer(0) }
        }
    }

    /// Runs a statement past all rules.
    func write(_ sql: StaticString, _ parameters: [SQLValue] = []) async throws {
        _ = try await database.transaction { try $0.execute(sql, parameters) }
    }

    /// The kinds of the events after those that were there before.
    func kinds(after count: Int) -> [EventKind?] {
        events.dropFirst(count).map { EventKind(rawValue: $0.kind) }
    }
}
